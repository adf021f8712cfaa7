"""Subscribers see and edit what is theirs, operators what the admin permits them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from rls.models import AccessToken, Subscriber
from tests.django.api.client import ROOT, Api, api_of

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def staff(*permissions: str) -> Api:
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return api_of(user)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "lists/alice@example.test/friends", None),
        ("GET", "lists?owner=alice@example.test", None),
        ("GET", "lists?owner=nobody@example.test", None),
        ("POST", "lists", {"name": "x", "owner": "alice@example.test"}),
        ("POST", "lists/alice@example.test/friends/entries", {"entries": []}),
        ("DELETE", "lists/alice@example.test/friends", None),
        ("GET", "services?owner=alice@example.test", None),
        ("GET", "subscribers", None),
        ("POST", "subscribers", {"username": "x", "domain": "y", "password": "z"}),
        ("GET", "subscribers/alice@example.test", None),
        ("DELETE", "subscribers/me", None),
        ("POST", "update-subscriptions", {}),
    ],
)
def test_subscriber_may_not(alice: Api, bob: Api, method: str, path: str, body: object) -> None:
    alice.make_list("friends")
    refused = bob.request(method, path, body)
    assert (refused.status, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert [each["id"] for each in alice.get("lists").body["results"]] == ["friends"]


LIST, SERVICE = "lists/alice@example.test/friends", "services/alice@example.test/sip:team@example.test"
CHANGE = {"add": [{"uri": "sip:tom@example.test"}], "remove": ["sip:secret@example.test"]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        *((method, f"{LIST}{more}", None) for method in ("GET", "DELETE") for more in ("", "/entries")),
        *((method, f"{SERVICE}{more}", None) for method in ("GET", "DELETE") for more in ("", "/entries")),
        *((method, f"{LIST}/entries/sip:secret@example.test", {}) for method in ("GET", "PATCH", "DELETE")),
        *(
            (method, f"{SERVICE}/entries/sip:secret@example.test", {})
            for method in ("GET", "PATCH", "DELETE")
        ),
        ("PATCH", LIST, {"name": "x"}),
        ("PATCH", SERVICE, {"list": "x"}),
        ("PATCH", f"{LIST}/entries", CHANGE),
        ("PATCH", f"{SERVICE}/entries", CHANGE),
        ("PUT", f"{LIST}/entries", {"entries": []}),
        ("GET", "lists/ALICE@example.test/friends", None),
        ("GET", "lists/sip:alice@example.test/friends", None),
        ("GET", "lists/alice%40example.test/friends", None),
        ("GET", "lists/me/..%2Falice@example.test%2Ffriends", None),
        ("GET", "lists/me/../../alice@example.test/friends", None),
        ("GET", "services?owner=alice@example.test", None),
        ("GET", "services/me/sip:team@example.test", None),
        ("GET", "export?owner=alice@example.test", None),
        (
            "POST",
            "services",
            {"uri": "sip:mine@example.test", "list": "friends", "owner": "alice@example.test"},
        ),
        ("PATCH", "subscribers/alice@example.test", {"password": "x"}),
    ],
)
def test_ids_of_others_lead_nowhere(alice: Api, bob: Api, method: str, path: str, body: object) -> None:
    alice.make_list("friends", "sip:secret@example.test")
    alice.post("services", {"uri": "sip:team@example.test", "list": "friends"})
    before = [alice.get(each).body for each in ("lists/me/friends/entries", "services", "lists")]
    refused = bob.request(method, path, body, If_Match="*")
    assert refused.status in (403, 404, 405)
    assert "secret" not in str(refused.body)
    assert [alice.get(each).body for each in ("lists/me/friends/entries", "services", "lists")] == before
    assert bob.get("lists").body["results"] == bob.get("services").body["results"] == []


def test_subscriber_sees_own_lists_only_and_operator_all(alice: Api, bob: Api, operator: Api) -> None:
    alice.make_list("friends")
    bob.make_list("team")
    assert [each["id"] for each in bob.get("lists").body["results"]] == ["team"]
    assert [each["id"] for each in operator.get("lists").body["results"]] == ["friends", "team"]
    one = operator.get("lists?owner=alice@example.test").body["results"]
    assert [each["owner"] for each in one] == ["alice@example.test"]


def test_what_one_sees_is_for_no_shared_cache(alice: Api) -> None:
    alice.make_list("friends")
    for path in ("lists", "lists/me/friends", "lists/me/nothing"):
        assert alice.get(path).headers["Cache-Control"] == "private, no-cache", path


def test_operator_has_the_permissions_of_the_admin(alice: Api) -> None:
    alice.make_list("friends")
    clerk = staff("view_document")
    assert clerk.get("lists/alice@example.test/friends").status == 200
    assert clerk.delete("lists/alice@example.test/friends").status == 403
    assert clerk.get("subscribers").status == 403


def test_user_of_django_who_is_no_staff_may_nothing() -> None:
    assert api_of(User.objects.create_user("visitor")).get("lists").status == 403


def test_token_for_reading_changes_nothing(alice: Api) -> None:
    alice.make_list("friends")
    reader = api_of(Subscriber.objects.get(username="alice"), read_only=True)
    assert reader.get("lists/me/friends").status == 200
    assert reader.delete("lists/me/friends").status == 403


def test_without_or_with_a_wrong_or_old_token_there_is_a_challenge(alice: Api) -> None:
    subscriber = Subscriber.objects.get(username="alice")
    old = AccessToken.issue(subscriber, expires=timezone.now() - timedelta(seconds=1))[1]
    for api in (Api(), Api("wrong"), Api("\xe9"), Api(old)):
        refused = api.get("lists")
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
        assert refused.body["status"] == 401


def test_token_over_plain_http_is_taken_from_this_machine_only(alice: Api) -> None:
    headers = {"Authorization": f"Bearer {alice.token}"}
    for secure, status in ((False, 401), (True, 200)):
        answer = Client().get(f"{ROOT}lists", headers=headers, REMOTE_ADDR="192.0.2.1", secure=secure)
        assert answer.status_code == status


def test_session_of_the_admin_is_enough_but_changes_need_the_csrf_token(superuser: User, alice: Api) -> None:
    alice.make_list("friends")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(superuser)
    assert browser.get(f"{ROOT}lists/alice@example.test/friends").status_code == 200
    refused = browser.delete(f"{ROOT}lists/alice@example.test/friends")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")


def test_who_asks_too_often_is_told_when_to_come_back(alice: Api, bob: Api, settings: Settings) -> None:
    settings.RLS_API_RATE = 2
    assert [alice.get("lists").status for _ in range(3)] == [200, 200, 429]
    refused = alice.get("lists")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert bob.get("lists").status == 200
    assert [Api("guess").get("lists").status for _ in range(3)] == [401, 401, 429]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing/here", None, 404),
        ("GET", "lists/alice/friends", None, 404),
        ("GET", "lists/a%00b@example.test/friends", None, 404),
        ("GET", "lists/me/%00", None, 404),
        ("PUT", "lists", {}, 405),
        ("POST", "lists", b"{", 400),
        ("POST", "lists", b"[" * 100_000, 400),
        ("POST", "lists", b'"\xff"', 400),
        ("GET", "lists?limit=0", None, 400),
        ("GET", "lists?after=x", None, 400),
        ("GET", "subscriptions?limit=10000", None, 400),
        ("GET", "subscriptions/99999999999999999999999", None, 404),
    ],
)
def test_every_error_is_a_problem(alice: Api, method: str, path: str, body: object, status: int) -> None:
    refused = alice.request(method, path, body)
    assert (refused.status, refused.headers["Content-Type"]) == (status, "application/problem+json")
    assert refused.body.keys() >= {"type", "title", "status", "detail"}
    assert refused.body["status"] == status


def test_wrong_media_types_are_problems(alice: Api) -> None:
    headers = {"Authorization": f"Bearer {alice.token}"}
    sent = Client().post(f"{ROOT}lists", b"<x/>", content_type="text/xml", headers=headers)
    assert (sent.status_code, sent["Content-Type"]) == (415, "application/problem+json")
    wanted = Client().get(f"{ROOT}lists", headers={**headers, "Accept": "text/html"})
    assert (wanted.status_code, wanted["Content-Type"]) == (406, "application/problem+json")


def test_huge_request_is_refused_before_it_is_read(alice: Api) -> None:
    assert alice.post("lists", b" " * 3_000_000).status == 413


def test_fault_of_the_server_is_a_problem(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from xcap.api.lists import Lists

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Lists, "get", broken)
    client = Client(raise_request_exception=False)
    answer = client.get(f"{ROOT}lists", headers={"Authorization": f"Bearer {alice.token}"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")

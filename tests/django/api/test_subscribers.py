"""Subscribers over REST."""

from __future__ import annotations

import pytest

from rls.domain import digest
from rls.models import Subscriber
from tests.django.api.client import Api
from xcap.models import Document

pytestmark = pytest.mark.django_db
NEW = {"username": "dan", "domain": "Example.test", "password": "p w"}


def test_subscriber_is_added_with_hashes_only(operator: Api) -> None:
    made = operator.post("subscribers", NEW)
    assert made.status == 201
    assert made.body == {"id": "dan@example.test", "username": "dan", "domain": "example.test"}
    dan = Subscriber.objects.get(username="dan")
    assert dan.ha1_sha256 == digest.ha1("SHA-256", "dan", "example.test", "p w")
    assert operator.get("subscribers/dan@example.test").etag == made.etag
    again = operator.post("subscribers", NEW)
    assert (again.status, again.body["type"]) == (409, "urn:rls:problem:subscriber-exists")


def test_password_changes_for_who_knows_the_subscriber_as_it_is(alice: Api) -> None:
    etag = alice.get("subscribers/me").etag
    assert alice.patch("subscribers/me", {"password": "new"}).status == 428
    assert alice.patch("subscribers/me", {"password": "new"}, If_Match='"x"').status == 412
    changed = alice.patch("subscribers/me", {"password": "new"}, If_Match=etag)
    assert (changed.status, changed.etag == etag) == (200, False)
    assert Subscriber.objects.get().ha1_md5 == digest.ha1("MD5", "alice", "example.test", "new")
    assert alice.get("subscribers/me", If_None_Match=changed.etag).status == 304


def test_deleted_subscriber_takes_the_lists_along(operator: Api, alice: Api, bob: Api) -> None:
    alice.make_list("friends")
    bob.make_list("team")
    assert operator.delete("subscribers/alice@example.test").status == 204
    assert list(Document.objects.values_list("username", flat=True)) == ["bob"]
    assert alice.get("lists").status == 401
    assert operator.delete("subscribers/alice@example.test").status == 404


def test_filters(operator: Api, alice: Api, bob: Api) -> None:
    assert [each["id"] for each in operator.get("subscribers?username=bob").body["results"]] == [
        "bob@example.test"
    ]
    assert len(operator.get("subscribers?domain=example.test").body["results"]) == 2


@pytest.mark.parametrize(
    "change",
    [{"username": "a b"}, {"username": "a@b"}, {"domain": "a\x00"}, {"password": ""}, {"admin": True}],
)
def test_mistakes_are_refused(operator: Api, change: dict[str, object]) -> None:
    assert operator.post("subscribers", {**NEW, **change}).status == 400
    assert not Subscriber.objects.exists()

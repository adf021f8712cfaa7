"""Services: lists under SIP URIs."""

from __future__ import annotations

import pytest

from tests.django.api.client import Api
from xcap.documents.sharing import Sharing
from xcap.lookup import resolve
from xcap.resolution import ResolvedService

pytestmark = pytest.mark.django_db
TEAM = "sip:team@example.test"


def shared(alice: Api, **more: object) -> None:
    alice.make_list("friends", "sip:bob@example.test")
    made = alice.post("services", {"uri": TEAM, "list": "friends", **more})
    assert made.status == 201, made
    assert made.headers["Location"].endswith(f"/api/v1/services/alice@example.test/{TEAM}")


def entries_of(uri: str) -> list[str] | None:
    found = resolve([uri])[uri]
    return [entry.uri for entry in found.flat.entries] if isinstance(found, ResolvedService) else None


def sharing_of(uri: str) -> Sharing | None:
    found = resolve([uri])[uri]
    assert isinstance(found, ResolvedService)
    return found.sharing


def test_shared_list_is_what_phones_get(alice: Api) -> None:
    shared(alice, packages=["presence"])
    assert entries_of(TEAM) == ["sip:bob@example.test"]
    service = alice.get(f"services/me/{TEAM}").body
    assert (service["list"], service["packages"]) == ("friends", ["presence"])
    assert alice.get("services?uri=SIP:team@EXAMPLE.test").body["results"] == [service]


def test_service_gets_another_uri_list_and_packages(alice: Api) -> None:
    shared(alice)
    alice.make_list("family", "sip:claire@example.test")
    etag = alice.get(f"services/me/{TEAM}").etag
    change = {"uri": "sip:us@example.test", "list": "family", "packages": ["dialog"]}
    assert alice.patch(f"services/me/{TEAM}", change).status == 428
    assert alice.patch(f"services/me/{TEAM}", change, If_Match='"x"').status == 412
    changed = alice.patch(f"services/me/{TEAM}", change, If_Match=etag)
    assert changed.status == 200
    assert {name: changed.body[name] for name in change} == change
    assert (entries_of("sip:us@example.test"), entries_of(TEAM)) == (["sip:claire@example.test"], None)
    assert (
        alice.patch("services/me/sip:us@example.test", {"packages": None}, If_Match="*").body["packages"]
        is None
    )


def test_service_says_who_may_subscribe(alice: Api) -> None:
    shared(alice, sharing={"access": "users", "users": ["bob@example.test", "sip:bob@example.test"]})
    service = alice.get(f"services/me/{TEAM}").body
    assert service["sharing"] == {"access": "users", "users": ["sip:bob@example.test"]}
    assert sharing_of(TEAM) == Sharing("users", ("sip:bob@example.test",))
    for said in ({"access": "anyone", "users": []}, None):
        changed = alice.patch(f"services/me/{TEAM}", {"sharing": said}, If_Match="*")
        assert changed.body == {**service, "sharing": said}
    assert sharing_of(TEAM) is None


def test_who_may_subscribe_stays_when_the_list_is_renamed(alice: Api) -> None:
    shared(alice, sharing={"access": "domain"})
    assert alice.patch("lists/me/friends", {"name": "mates"}, If_Match="*").status == 200
    assert sharing_of(TEAM) == Sharing("domain")


def test_deleted_service_is_gone_and_its_list_stays(alice: Api) -> None:
    shared(alice)
    assert alice.delete(f"services/me/{TEAM}").status == 204
    assert entries_of(TEAM) is None
    assert alice.get("lists/me/friends").status == 200


def test_taken_uri_is_a_problem_with_free_ones(alice: Api, bob: Api) -> None:
    shared(alice)
    refused = bob.post("services", {"uri": TEAM, "entries": []})
    assert (refused.status, refused.body["type"]) == (409, "urn:rls:problem:uniqueness-failure")
    assert refused.body["alternatives"][0] == "sip:team-2@example.test"


@pytest.mark.parametrize(
    "body",
    [
        {"uri": TEAM},
        {"uri": TEAM, "list": "friends", "entries": []},
        {"uri": TEAM, "list": "nobody's"},
        {"uri": TEAM, "entries": [], "packages": ["two words"]},
        {"uri": TEAM, "entries": [], "sharing": {"access": "everybody"}},
        {"uri": TEAM, "entries": [], "sharing": {"access": "anyone", "users": ["sip:bob@example.test"]}},
        {"uri": TEAM, "entries": [], "sharing": {"access": "users", "users": ["tel:+1"]}},
    ],
)
def test_mistakes_are_refused(alice: Api, body: object) -> None:
    alice.make_list("friends")
    assert alice.post("services", body).status == 400
    assert alice.get("services").body["results"] == []


def test_what_is_no_sip_uri_is_a_conflict_as_over_xcap(alice: Api) -> None:
    refused = alice.post("services", {"uri": "tel:+1234", "entries": []})
    assert (refused.status, refused.body["type"]) == (409, "urn:rls:problem:constraint-failure")

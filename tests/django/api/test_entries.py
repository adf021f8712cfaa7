"""Entries: order, names, bulk changes, entity tags."""

from __future__ import annotations

import pytest

from tests.django.api.client import Api

pytestmark = pytest.mark.django_db
ENTRIES = "lists/me/friends/entries"


def uris(*users: str) -> list[str]:
    return [f"sip:{user}@example.test" for user in users]


def rows(*users: str) -> dict[str, object]:
    return {"entries": [{"uri": uri} for uri in uris(*users)]}


def names(api: Api) -> list[str]:
    return [each["uri"][4:].partition("@")[0] for each in api.get(ENTRIES).body["entries"]]


@pytest.fixture(autouse=True)
def friends(alice: Api) -> None:
    alice.make_list("friends", *uris("bob", "claire", "dan"))


def test_add_many_twice_is_as_good_as_once(alice: Api) -> None:
    first = alice.post(ENTRIES, rows("claire", "eve", "fay"))
    again = alice.post(ENTRIES, rows("claire", "eve", "fay"))
    assert names(alice) == ["bob", "claire", "dan", "eve", "fay"]
    assert (first.status, first.body, first.etag) == (again.status, again.body, again.etag)


@pytest.mark.req("X-J9")
def test_keys_are_canonical_and_what_is_there_keeps_its_spelling(alice: Api) -> None:
    """RFC 4826 section 3.4.7."""
    odd = [
        {"uri": "SIP:%65ve@EXAMPLE.test;z=1;a=2?subject=x"},
        {"uri": "sip:eve@example.test;a=2;z=1"},
        {"uri": "sip:bob@EXAMPLE.test", "display_name": "Bob"},
        {"uri": "mailto:a@B"},
    ]
    added = alice.post(ENTRIES, {"entries": odd})
    assert [each["uri"] for each in added.body["entries"]] == [
        *uris("bob", "claire", "dan"),
        "sip:eve@example.test;a=2;z=1",
        "mailto:a@B",
    ]
    assert added.body["entries"][0]["display_name"] == "Bob"
    alice.make_list("others", "sip:x@EXAMPLE.test", "sip:x@example.test")
    assert [each["uri"] for each in alice.get("lists/me/others/entries").body["entries"]] == uris("x")


def test_replace_all(alice: Api) -> None:
    etag = alice.get(ENTRIES).etag
    replaced = alice.put(ENTRIES, rows("dan", "eve", "bob"), If_Match=etag)
    assert (replaced.status, names(alice)) == (200, ["dan", "eve", "bob"])
    again = alice.put(ENTRIES, rows("dan", "eve", "bob"), If_Match=replaced.etag)
    assert (again.status, again.etag) == (200, replaced.etag)
    assert alice.put(ENTRIES, rows(), If_Match="*").body == {"entries": []}


def test_remove_add_and_order_in_one_step(alice: Api) -> None:
    change = {"remove": uris("bob", "nobody"), "add": rows("eve")["entries"], "order": uris("eve", "dan")}
    assert alice.patch(ENTRIES, change, If_Match="*").status == 200
    assert names(alice) == ["eve", "dan", "claire"]


def test_one_entry(alice: Api) -> None:
    path = f"{ENTRIES}/sip:dan@example.test"
    changed = alice.patch(path, {"display_name": "Dan", "position": 0}, If_Match="*")
    assert changed.body == {"uri": "sip:dan@example.test", "display_name": "Dan"}
    assert alice.get(path).body == changed.body
    assert names(alice) == ["dan", "bob", "claire"]
    assert alice.delete(path).status == 204
    assert (
        alice.delete(path).status
        == alice.get(path).status
        == alice.patch(path, {}, If_Match="*").status
        == 404
    )


def test_overwriting_needs_the_tag_that_was_read(alice: Api) -> None:
    etag = alice.get(ENTRIES).etag
    for method, path, body in (
        ("PUT", ENTRIES, rows()),
        ("PATCH", ENTRIES, {}),
        ("PATCH", f"{ENTRIES}/sip:dan@example.test", {}),
        ("PATCH", "lists/me/friends", {}),
    ):
        assert alice.request(method, path, body).status == 428
        assert alice.request(method, path, body, If_Match='"other"').status == 412
    assert alice.delete(f"{ENTRIES}/sip:dan@example.test", If_Match='"other"').status == 412
    assert alice.post(ENTRIES, rows("eve"), If_Match='"other"').status == 412
    assert (names(alice), alice.get(ENTRIES).etag) == (["bob", "claire", "dan"], etag)


def test_reading_again_what_has_not_changed_costs_no_body(alice: Api) -> None:
    etag = alice.get(ENTRIES).etag
    unchanged = alice.get(ENTRIES, If_None_Match=etag)
    assert (unchanged.status, unchanged.body, unchanged.etag) == (304, None, etag)


def test_list_within_a_service_has_entries_too(alice: Api) -> None:
    service = {"uri": "sip:team@example.test", "entries": [{"uri": "sip:bob@example.test"}]}
    assert alice.post("services", service).body["list"] is None
    path = "services/me/sip:team@example.test/entries"
    assert alice.post(path, rows("eve")).body["entries"][1]["uri"] == "sip:eve@example.test"
    assert alice.delete(f"{path}/sip:bob@example.test").status == 204
    assert alice.get(path).body == {"entries": [{"uri": "sip:eve@example.test", "display_name": ""}]}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (rows("bob", "bob"), "#/entries"),
        ({"entries": [{"uri": "sip:bob@a"}, {"uri": "two words"}]}, "#/entries/1/uri"),
        ({"entries": [{"uri": "sip:bob@a", "dispaly_name": "Bob"}]}, "#/entries/0/dispaly_name"),
        ({}, "#/entries"),
        ([], "#"),
    ],
)
def test_mistakes_are_pointed_at(alice: Api, body: object, pointer: str) -> None:
    refused = alice.post(ENTRIES, body)
    assert refused.status == 400
    assert pointer in [error["pointer"] for error in refused.body["errors"]]


def test_list_does_not_grow_longer_than_what_is_served(alice: Api, settings: object) -> None:
    settings.RLS_LIST_LIMIT = 4  # type: ignore[attr-defined]
    assert alice.post(ENTRIES, rows("eve")).status == 200
    refused = alice.post(ENTRIES, rows("fay"))
    assert (refused.status, refused.body["type"]) == (409, "urn:rls:problem:list-too-long")

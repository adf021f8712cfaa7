"""Lists over REST are the documents that XCAP clients read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.django.api.client import Api
from tests.django.xcap.documents import RL, lists
from xcap import store
from xcap.models import Document
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db
ALICE = Xui("alice", "example.test")
FRIENDS = "lists/me/friends"
WRITTEN_BY_A_PHONE = f"""<?xml version="1.0"?>
<!-- by a phone --><r:resource-lists xmlns:r='{RL}' xmlns:x="urn:x">
 <r:list name="friends"><r:display-name>Friends</r:display-name>
   <r:entry uri="sip:bob@example.test" x:ring="loud"><r:display-name>Bob</r:display-name></r:entry>

   <r:list name="close"><r:entry uri="sip:eve@example.test"/></r:list>
   <r:entry uri='sip:claire@example.test'/>
 </r:list>
</r:resource-lists>
""".encode()


def stored(usage: object = RESOURCE_LISTS, path: str = "index") -> bytes:
    document = store.find(usage, DocumentSelector("", ALICE, path))  # type: ignore[arg-type]
    assert document
    return bytes(document.doc)


def put(body: bytes, usage: object = RESOURCE_LISTS, path: str = "index") -> None:
    store.put(usage, DocumentSelector("", ALICE, path), body)  # type: ignore[arg-type]


def test_list_is_made_read_and_deleted(alice: Api) -> None:
    made = alice.make_list("friends", "sip:bob@example.test", display_name="My friends")
    assert made.headers["Location"] == "http://testserver/api/v1/lists/alice@example.test/friends"
    assert made.body == {
        "id": "friends",
        "owner": "alice@example.test",
        "document": "index",
        "name": "friends",
        "display_name": "My friends",
        "entries": [{"uri": "sip:bob@example.test", "display_name": ""}],
        "lists": [],
        "references": 0,
    }
    read = alice.get(FRIENDS)
    assert (read.status, read.body, read.etag) == (200, made.body, made.etag)
    assert alice.get("lists").body == {"results": [made.body], "next": None}
    assert alice.delete(FRIENDS).status == 204
    assert alice.get(FRIENDS).status == alice.delete(FRIENDS).status == 404


def test_what_rest_writes_xcap_can_read(alice: Api) -> None:
    alice.make_list("friends", "sip:bob@example.test")
    alice.make_list('a"b/c', display_name="<&>")
    assert stored().decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<resource-lists xmlns="{RL}">\n'
        '  <list name="friends">\n    <entry uri="sip:bob@example.test"/>\n  </list>\n'
        "  <list name='a\"b/c'>\n    <display-name>&lt;&amp;&gt;</display-name>\n  </list>\n"
        "</resource-lists>\n"
    )


def test_what_xcap_writes_rest_can_read(alice: Api) -> None:
    put(WRITTEN_BY_A_PHONE)
    friends, close = alice.get("lists?owner=me").body["results"]
    assert friends["entries"] == [
        {"uri": "sip:bob@example.test", "display_name": "Bob"},
        {"uri": "sip:claire@example.test", "display_name": ""},
    ]
    assert (friends["lists"], close["id"]) == (["friends~.close"], "friends~.close")
    assert alice.get("lists/me/friends~.close").body == close


def test_change_leaves_all_other_bytes_alone(alice: Api) -> None:
    put(WRITTEN_BY_A_PHONE)
    alice.post(f"{FRIENDS}/entries", {"entries": [{"uri": "sip:dan@example.test", "display_name": "Dan"}]})
    alice.delete(f"{FRIENDS}/entries/sip:bob@example.test")
    alice.patch(FRIENDS, {"display_name": "Pals"}, If_Match="*")
    expected = WRITTEN_BY_A_PHONE.replace(b">Friends<", b">Pals<").replace(
        b"'sip:claire@example.test'/>",
        b"'sip:claire@example.test'/>\n   "
        b'<r:entry uri="sip:dan@example.test"><r:display-name>Dan</r:display-name></r:entry>',
    )
    begin = expected.index(b'\n   <r:entry uri="sip:bob')
    end = expected.index(b"</r:entry>", begin) + len(b"</r:entry>")
    assert stored() == expected[:begin] + expected[end:]


def test_lists_of_other_documents(alice: Api) -> None:
    put(lists('<list name="a"/><list/>'), path="family")
    assert [each["id"] for each in alice.get("lists?document=family").body["results"]] == [
        "family~:a",
        "family~:~p2",
    ]
    assert alice.get("lists/me/family~:~p2").body["name"] is None
    assert alice.make_list("b", document="family").body["id"] == "family~:b"


def test_name_is_unique_among_the_lists(alice: Api) -> None:
    alice.make_list("friends")
    alice.make_list("family")
    again = alice.post("lists", {"name": "friends"})
    assert (again.status, again.body["type"]) == (409, "urn:rls:problem:list-exists")
    assert alice.patch("lists/me/family", {"name": "friends"}, If_Match="*").status == 409
    assert alice.patch(FRIENDS, {"name": "friends"}, If_Match="*").status == 200


def test_services_follow_a_renamed_list_and_end_with_a_deleted_one(alice: Api) -> None:
    put(WRITTEN_BY_A_PHONE)
    for uri, target in (("sip:f@example.test", "friends"), ("sip:c@example.test", "friends~.close")):
        assert alice.post("services", {"uri": uri, "list": target}).status == 201
    alice.post("services", {"uri": "sip:own@example.test", "entries": []})
    renamed = alice.patch(FRIENDS, {"name": "old friends"}, If_Match="*")
    assert renamed.body["id"] == "old friends"
    assert [each["list"] for each in alice.get("services").body["results"]] == [
        "old friends",
        "old friends~.close",
        None,
    ]
    assert alice.delete("lists/me/old%20friends").status == 204
    assert [each["uri"] for each in alice.get("services").body["results"]] == ["sip:own@example.test"]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"name": 1, "nme": 2}', b'{"name": ""}', b'{"name": "a\\u0000"}']
)
def test_mistakes_change_nothing_and_are_problems(alice: Api, body: bytes) -> None:
    refused = alice.post("lists", body)
    assert (refused.status, refused.headers["Content-Type"]) == (400, "application/problem+json")
    assert not Document.objects.exists()


def test_malformed_document_of_somebody_else_s_making(alice: Api) -> None:
    put(lists('<list name="friends"/>'))
    Document.objects.update(doc=b"<broken")
    assert alice.get("lists").body["results"] == []
    refused = alice.get(FRIENDS)
    assert (refused.status, refused.body["type"]) == (409, "urn:rls:problem:malformed-document")


def test_document_does_not_grow_larger_than_xcap_takes(alice: Api, settings: object) -> None:
    settings.RLS_XCAP_MAX_DOCUMENT = 300  # type: ignore[attr-defined]
    refused = alice.post("lists", {"name": "n" * 300})
    assert (refused.status, refused.body["type"]) == (409, "urn:rls:problem:constraint-failure")
    assert not Document.objects.filter(doc_type=RLS_SERVICES.doc_type).exists()


def test_history_says_who_wrote_by_which_way(alice: Api, operator: Api) -> None:
    from xcap.models import Version

    alice.make_list("friends")
    operator.make_list("more", owner="alice@example.test")
    assert list(Version.objects.order_by("pk").values_list("author", flat=True)) == [
        "alice@example.test (REST)",
        "boss (REST)",
    ]

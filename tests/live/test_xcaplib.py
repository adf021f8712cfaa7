"""A foreign XCAP client against the web server over a socket: what Blink does with its lists."""

from __future__ import annotations

import pytest

from tests.live.rig import documents
from tests.live.rig.database import PASSWORD
from tests.live.rig.list_server import ListServer
from tests.live.rig.xcaplib import XcapLib

LISTS = "application/resource-lists+xml"
FRIENDS = '/resource-lists/list[@name="friends"]'


@pytest.fixture
def client(server: ListServer, domain: str) -> XcapLib:
    server.database.add_subscriber(f"alice@{domain}")
    return XcapLib(f"{server.http}/xcap-root", f"alice@{domain}", PASSWORD)


def entry(user: str) -> str:
    return f'<entry uri="sip:{user}@example.test"><display-name>{user}</display-name></entry>'


def document(*users: str) -> bytes:
    entries = "".join(entry(user) for user in users)
    return documents.resource_lists(f'<list name="friends">{entries}</list>').encode()


@pytest.mark.req("X-P1")
@pytest.mark.req("X-P2")
@pytest.mark.req("X-P11")
@pytest.mark.req("X-E28")
def test_documents_are_put_once_changed_by_tag_and_merged_after_a_clash(client: XcapLib) -> None:
    made = client.put("resource-lists", document("bob"), etagnot="*", media_type=LISTS)
    assert made.status == 201 and made.etag
    assert client.put("resource-lists", document("carl"), etagnot="*", media_type=LISTS).status == 412
    changed = client.put("resource-lists", document("bob", "carl"), etag=made.etag, media_type=LISTS)
    assert changed.status == 200 and changed.etag not in (None, made.etag)
    assert client.put("resource-lists", document("dan"), etag=made.etag, media_type=LISTS).status == 412
    got = client.get("resource-lists")
    assert (got.status, got.etag, got.media_type, got.body) == (
        200,
        changed.etag,
        LISTS,
        document("bob", "carl"),
    )
    assert client.get("resource-lists", etag=made.etag).status == 412
    assert client.delete("resource-lists", etag=made.etag).status == 412
    assert client.delete("resource-lists", etag=changed.etag or "").status == 200
    assert client.get("resource-lists").status == 404


@pytest.mark.req("X-P1")
@pytest.mark.req("X-P2")
@pytest.mark.req("X-D2")
def test_selectors_with_raw_brackets_and_quotes_are_read(client: XcapLib) -> None:
    client.put("resource-lists", document("bob", "carl"), media_type=LISTS)
    for node in (f'{FRIENDS}/entry[@uri="sip:carl@example.test"]', f"{FRIENDS}/entry[2]", f"{FRIENDS}/*[2]"):
        got = client.get("resource-lists", node)
        assert (got.status, got.media_type, got.body) == (
            200,
            "application/xcap-el+xml",
            entry("carl").encode(),
        )
    assert client.get("resource-lists", f"{FRIENDS}/entry[3]").status == 404


@pytest.mark.req("X-C7")
def test_wrong_password_gets_nowhere(server: ListServer, client: XcapLib, domain: str) -> None:
    stranger = XcapLib(f"{server.http}/xcap-root", f"alice@{domain}", "wrong")
    assert stranger.get("resource-lists").status == 401
    assert stranger.put("resource-lists", document("bob"), media_type=LISTS).status == 401
    assert client.get("resource-lists").status == 404


@pytest.mark.req("X-P1")
@pytest.mark.req("X-P2")
@pytest.mark.req("X-E6")
@pytest.mark.req("X-E8")
@pytest.mark.req("X-G2")
def test_entries_are_inserted_replaced_and_deleted_with_the_tag_of_the_document(client: XcapLib) -> None:
    first = client.put("resource-lists", document("bob"), media_type=LISTS).etag or ""
    node = f'{FRIENDS}/entry[@uri="sip:carl@example.test"]'
    assert client.get("resource-lists", node, etag=first).status == 404
    inserted = client.put("resource-lists", entry("carl").encode(), node, etag=first)
    assert inserted.status == 201 and inserted.etag
    assert client.get("resource-lists").body == document("bob", "carl")
    assert client.put("resource-lists", entry("carl").encode(), node, etag=first).status == 412
    bare = b'<entry uri="sip:carl@example.test"/>'
    replaced = client.put("resource-lists", bare, node, etag=inserted.etag)
    assert (replaced.status, client.get("resource-lists", node).body) == (200, bare)
    assert client.delete("resource-lists", node, etag=replaced.etag or "").status == 200
    assert client.get("resource-lists").body == document("bob")


@pytest.mark.req("X-E7")
@pytest.mark.req("X-D4")
def test_attributes_are_read_and_renamed_without_quotes(client: XcapLib) -> None:
    client.put("resource-lists", document("bob"), media_type=LISTS)
    name = "/resource-lists/list[1]/@name"
    got = client.get("resource-lists", name)
    assert (got.status, got.media_type, got.body) == (200, "application/xcap-att+xml", b"friends")
    assert client.put("resource-lists", b"colleagues", name).status == 200
    assert (
        client.get("resource-lists", '/resource-lists/list[@name="colleagues"]/@name').body == b"colleagues"
    )

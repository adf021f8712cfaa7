"""xcap-diff (RFC 5875): what one device changes by XCAP, another one learns at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from lxml import etree

from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents
from tests.live.rig.document_watch import NS, DocumentWatch
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import Phone, ok
from tests.live.rig.waiting import eventually
from tests.pure.xcap.diff.applying import apply, seen


@pytest.fixture
def sel(domain: str) -> str:
    """Alice's services, relative to the XCAP root."""
    return f"rls-services/users/sip:alice@{domain}/index"


def etag_of(server: ListServer, domain: str) -> str:
    rows = server.database.rows("select etag from xcap where domain = %s and username = 'alice'", domain)
    return str(rows[0]["etag"])


def stored(server: ListServer, domain: str) -> bytes:
    rows = server.database.rows("select doc from xcap where domain = %s and username = 'alice'", domain)
    return bytes(rows[0]["doc"])


def accepted(phone: Phone, *uris: str, mode: str = "") -> DocumentWatch:
    watch = DocumentWatch(phone, uris or None, mode)
    response = watch.subscribe()
    assert (response.status, response["Expires"]) == (200, "3600")
    return watch


@pytest.mark.req("X-N13")
def test_who_names_no_expiry_gets_an_hour(phone: Phone) -> None:
    assert DocumentWatch(phone).subscribe(None)["Expires"] == "3600"


@pytest.mark.req("R5875-4.3-1", "X-N3", "X-N6", "X-N9")
def test_second_device_learns_of_a_change(
    server: ListServer, phone: Phone, put_list: PutList, domain: str, sel: str
) -> None:
    put_list("bob")
    first = etag_of(server, domain)
    watch = accepted(phone, sel, "resource-lists/users/nobody/index")
    assert watch.told(1).documents == [(sel, None, first)]
    put_list("bob", "claire")
    told = watch.told(2)
    assert told.documents == [(sel, first, etag_of(server, domain))]
    assert told.root.get("xcap-root") == f"{server.http}/xcap-root/"
    assert told.state.startswith("active;expires=")
    assert server.xcap(f"alice@{domain}").delete("rls-services") == 200
    assert watch.told(3).documents == [(sel, told.documents[0][2], None)]
    put_list("dave")
    assert watch.told(4).documents == [(sel, None, etag_of(server, domain))]


@pytest.mark.req("X-N2", "X-N6")
@pytest.mark.parametrize("mode", ["xcap-patching", "aggregate"])
def test_patch_makes_the_new_document_of_the_old(
    mode: str, server: ListServer, phone: Phone, put_list: PutList, domain: str, sel: str
) -> None:
    put_list("bob", "claire", "dave")
    old = stored(server, domain)
    watch = accepted(phone, sel, mode=mode)
    assert watch.told(1).documents[0][0] == sel
    put_list("bob", "eve", "dave")
    (document,) = watch.told(2).root
    operations = [etree.tostring(each, encoding="unicode") for each in document]
    assert operations
    assert seen(apply(old, operations)) == seen(etree.fromstring(stored(server, domain)))


@pytest.mark.req("X-N5", "X-N11", "X-N12")
def test_next_notify_waits_for_the_answer_and_brings_every_change(
    server: ListServer, phone: Phone, put_list: PutList, domain: str, sel: str
) -> None:
    put_list("bob")
    etags = [etag_of(server, domain)]
    watch, other = accepted(phone, sel, mode="xcap-patching"), accepted(phone, sel)
    watch.told(1)
    other.told(1)
    silent = True
    phone.respond = lambda request: None if silent and watch.is_notify(request) else ok(request)
    for number, member in enumerate(("claire", "dave", "eve"), 2):
        put_list(member)
        etags.append(etag_of(server, domain))
        watch.told(2)
        other.told(number)
    assert len(watch.notifies) == 2
    silent = False
    told = [*watch.told(2).documents, *watch.told(3).documents]
    assert told == [(sel, before, after) for before, after in pairwise(etags)]


@pytest.mark.req("X-N4", "X-N8", "X-N10", "X-N11")
def test_elements_and_attributes_are_watched_alone(
    server: ListServer, phone: Phone, put_list: PutList, domain: str, sel: str
) -> None:
    put_list("bob")
    path = f"{sel}/~~/rls-services/service/packages"
    missing = f"{sel}/~~/rls-services/service%5b2%5d/@uri"
    watch = accepted(phone, path, missing)
    (element,) = watch.told(1).root
    assert (element.tag, element.get("sel")) == (f"{NS}element", path)
    assert [package.text for package in element[0]] == ["presence", "dialog"]
    put_list("bob", "claire")  # the element stays as it was
    put_list("bob", packages=["presence"])
    (element,) = watch.told(2).root
    assert [package.text for package in element[0]] == ["presence"]
    assert server.xcap(f"alice@{domain}").delete("rls-services") == 200
    (element,) = watch.told(3).root
    assert (element.get("sel"), element.get("exists")) == (path, "false")


@pytest.mark.req("X-N9")
def test_only_what_the_subscriber_may_read_is_told(
    server: ListServer, new_phone: NewPhone, put_list: PutList, domain: str, sel: str
) -> None:
    put_list("bob")
    put_list("claire", user="bob")
    bobs = sel.replace("alice", "bob")
    alice = accepted(new_phone("alice"), bobs, f"rls-services/users/sip:bob@{domain}/", "rls-services/")
    assert [each[0] for each in alice.told(1).documents] == [sel]
    put_list("dave", user="bob")
    put_list("dave")
    assert [each[0] for each in alice.told(2).documents] == [sel]


@pytest.mark.req("X-C7", "X-N9")
def test_global_documents_are_told_to_everybody(
    start_worker: Start, new_phone: NewPhone, domain: str
) -> None:
    server = start_worker(RLS_XCAP_SUPER_USERS=f"root@{domain}")
    server.web.start()
    server.web.wait_until(server.web_answers)
    everybody = replace(server.xcap(f"root@{domain}"), tree="global")
    watch = accepted(new_phone("alice", server), "resource-lists/global/", "rls-services/global/")
    assert watch.told(1).documents == []
    assert everybody.put("resource-lists", EMPTY_LISTS) == 201
    ((sel, before, _),) = watch.told(2).documents
    assert (sel, before) == ("resource-lists/global/index", None)
    assert everybody.delete("resource-lists") == 200
    assert watch.told(3).documents[0][2] is None


@pytest.mark.req("R5875-4.4-1")
def test_refresh_brings_full_state_and_replaces_the_uris(
    server: ListServer, phone: Phone, put_list: PutList, domain: str, sel: str
) -> None:
    put_list("bob")
    watch = accepted(phone)
    etag = etag_of(server, domain)
    assert watch.told(1).documents == [(sel, None, etag)], "without a body: all documents of the user"
    assert watch.subscribe(600).status == 200
    assert watch.told(2).documents == [(sel, None, etag)]
    watch.uris = ["resource-lists/"]
    assert watch.subscribe(600).status == 200
    assert watch.told(3).documents == []
    put_list("claire")
    assert server.xcap(f"alice@{domain}").put("resource-lists", EMPTY_LISTS) == 201
    told = watch.told(4).documents
    assert [each[0] for each in told] == [sel.replace("rls-services", "resource-lists")]
    assert watch.subscribe(0).status == 200
    final = watch.told(5)
    assert (final.state, final.documents) == ("terminated;reason=timeout", told)
    assert watch.subscribe().status == 481


EMPTY_LISTS = '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>'


def test_subscription_that_is_not_refreshed_ends(server: ListServer, phone: Phone, domain: str) -> None:
    watch = DocumentWatch(phone)
    assert watch.subscribe(2).status == 200
    assert watch.told(1).documents == []
    assert watch.told(2).state == "terminated;reason=timeout"
    gone = "select 1 from xcap_watchers where identity = %s"
    eventually(lambda: not server.database.rows(gone, f"sip:alice@{domain}"), "end of the row")


# -- conditional notification (RFC 5839)


def unless(etag: str) -> tuple[str, str]:
    return ("Accept: application/xcap-diff+xml", f"Suppress-If-Match: {etag}")


@pytest.mark.req("X-N13", "R5839-6.1-1", "R5839-6.3-1")
def test_refresh_of_who_knows_everything_is_answered_204_without_a_notify(
    phone: Phone, put_list: PutList, sel: str
) -> None:
    put_list("bob")
    watch = accepted(phone, sel)
    first = watch.told(1).message["SIP-ETag"]
    response = watch.subscribe(600, unless(first))
    assert (response.status, response["Expires"]) == (204, "600")
    put_list("claire")
    second = watch.told(2)
    assert (second.documents[0][0], second.message["SIP-ETag"] != first) == (sel, True)
    assert watch.subscribe(600, unless(first)).status == 200
    assert watch.told(3).message["SIP-ETag"] == second.message["SIP-ETag"]
    assert watch.subscribe(0, unless(second.message["SIP-ETag"])).status == 204
    assert watch.subscribe(600).status == 481
    assert len(watch.notifies) == 3


@pytest.mark.req("X-N13", "R5839-6.3-2", "R5839-6.2-1")
def test_new_subscription_of_who_knows_everything_gets_a_notify_without_body(
    phone: Phone, put_list: PutList, sel: str
) -> None:
    put_list("bob")
    known = accepted(phone, sel).told(1).message["SIP-ETag"]
    again = DocumentWatch(phone, [sel])
    assert again.subscribe(600, unless(known)).status == 200
    told = again.told(1)
    assert (told.message.body, told.message["SIP-ETag"]) == (b"", known)
    assert told.state.startswith("active;expires=")
    put_list("claire")
    assert again.told(2).documents[0][0] == sel
    fetch = DocumentWatch(phone, [sel])
    assert fetch.subscribe(0, unless(again.told(2).message["SIP-ETag"])).status == 200
    assert (fetch.told(1).state, fetch.told(1).message.body) == ("terminated;reason=timeout", b"")


@pytest.mark.req("R5839-6.2-2")
def test_subscription_sleeps_until_a_refresh_wakes_it(phone: Phone, put_list: PutList, sel: str) -> None:
    put_list("bob")
    watch, other = accepted(phone, sel), accepted(phone, sel)
    watch.told(1)
    other.told(1)
    assert watch.subscribe(600, unless("*")).status == 204
    put_list("claire")
    other.told(2)
    assert len(watch.notifies) == 1
    assert watch.subscribe(600).status == 200
    assert watch.told(2).documents[0][0] == sel


@pytest.mark.req("R6665-4.4.3-1")
def test_fetch_is_one_notify(phone: Phone, put_list: PutList, sel: str) -> None:
    put_list("bob")
    watch = DocumentWatch(phone, [sel])
    assert watch.subscribe(0).status == 200
    told = watch.told(1)
    assert (told.state, told.documents[0][0]) == ("terminated;reason=timeout", sel)
    assert watch.subscribe().status == 481


@pytest.mark.req("X-N7")
@pytest.mark.parametrize(
    ("expires", "headers", "media_type", "body", "status", "header"),
    [
        (600, ("Accept: application/pidf+xml",), "", b"", 406, ("Accept", "application/xcap-diff+xml")),
        (600, None, "text/plain", b"resource-lists/", 415, ("Accept", "application/resource-lists+xml")),
        (600, ("Content-Encoding: gzip",), "application/resource-lists+xml", b"x", 415,
         ("Accept-Encoding", "identity")),
        (600, None, "application/resource-lists+xml", b"<resource-lists", 400, None),
        (600, None, "application/resource-lists+xml",
         EMPTY_LISTS[:-2].encode() + b"><list>" + b"".join(b'<entry uri="%d"/>' % n for n in range(201))
         + b"</list></resource-lists>", 413, None),
        (1, None, "", b"", 423, ("Min-Expires", "2")),
    ],
    ids=["other Accept", "other body", "encoded", "malformed", "too many", "too brief"],
)  # fmt: skip
def test_what_is_refused(
    expires: int,
    headers: tuple[str, ...] | None,
    media_type: str,
    body: bytes,
    status: int,
    header: tuple[str, str] | None,
    phone: Phone,
) -> None:
    watch = DocumentWatch(phone)
    response = watch.subscribe(expires, headers, media_type=media_type, body=body)
    assert response.status == status
    assert header is None or response[header[0]] == header[1]
    assert not watch.notifies


# -- restarts


@pytest.fixture
def server_alone(start_worker: Start) -> ListServer:
    """A list server of the test's own, to kill; with a web server."""
    server = start_worker()
    server.web.start()
    server.web.wait_until(server.web_answers)
    return server


def put(server: ListServer, domain: str, *members: str) -> None:
    uri = f"sip:alice-list@{domain}"
    document = documents.simple(uri, (f"sip:{member}@{domain}" for member in members))
    assert server.xcap(f"alice@{domain}").put("rls-services", document) in (200, 201)


def test_killed_worker_goes_on_and_tells_what_changed_meanwhile(
    server_alone: ListServer, new_phone: NewPhone, domain: str, sel: str
) -> None:
    server = server_alone
    put(server, domain, "bob")
    phone = new_phone("alice", server)
    watch = accepted(phone, sel, mode="xcap-patching")
    before = watch.told(1).documents[0][2]
    old = stored(server, domain)
    server.kill_worker()
    put(server, domain, "bob", "claire")
    assert len(watch.notifies) == 1
    server.start_worker()
    told = watch.told(2)
    assert told.documents == [(sel, before, etag_of(server, domain))]
    operations = [etree.tostring(each, encoding="unicode") for each in told.root[0]]
    assert seen(apply(old, operations)) == seen(etree.fromstring(stored(server, domain)))
    put(server, domain, "dave")
    assert watch.told(3).documents == [(sel, told.documents[0][2], etag_of(server, domain))]
    assert watch.subscribe(0).status == 200
    assert watch.told(4).state == "terminated;reason=timeout"


def test_notify_unanswered_before_a_kill_is_sent_again_as_a_retransmission(
    server_alone: ListServer, new_phone: NewPhone, domain: str, sel: str
) -> None:
    server = server_alone
    put(server, domain, "bob")
    phone = new_phone("alice", server)
    watch = accepted(phone, sel)
    watch.told(1)
    phone.respond = lambda request: None
    put(server, domain, "claire")
    unheard = watch.told(2)
    server.kill_worker()
    heard = len(phone.inbox.all(watch.is_notify))
    phone.respond = ok
    server.start_worker()
    again: Message = phone.inbox.wait(watch.is_notify, count=heard + 1)
    assert (again.cseq, again["Via"], again.body) == (2, unheard.message["Via"], unheard.message.body)
    put(server, domain, "dave")
    assert watch.told(3).documents == [(sel, unheard.documents[0][2], etag_of(server, domain))]

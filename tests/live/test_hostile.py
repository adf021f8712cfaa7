"""Attacks on the running server: each gets its reply, reaches nobody else, and is over at once."""

from __future__ import annotations

import socket
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents
from tests.live.rig.database import PASSWORD
from tests.live.rig.dns_server import DnsServer
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, PresenceServer, pidf
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire
from tests.live.rig.xcap import MEDIA_TYPES
from tests.live.rig.xcaplib import XcapLib

Change = Callable[[bytes], bytes]


def insert(*lines: str) -> Change:
    """These lines before Event."""
    new = "".join(f"{line}\r\n" for line in lines).encode()
    return lambda request: request.replace(b"Event:", new + b"Event:", 1)


def replace(before: str, after: str) -> Change:
    return lambda request: request.replace(before.encode(), after.encode(), 1)


def with_body(body: bytes, kind: str, *lines: str) -> Change:
    """As the list that a SUBSCRIBE may bring along (RFC 5367)."""
    extension = "recipient-list-subscribe"
    rows = (
        f"Require: {extension}",
        "Content-Disposition: recipient-list",
        f"Content-Type: application/{kind}",
    )
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    return lambda request: insert(*rows, *lines)(request).replace(b"Content-Length: 0\r\n\r\n", length + body)


VIA = "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx"
HOSTILE: dict[str, tuple[Change, int]] = {
    "10 000 Vias": (insert(*[VIA] * 10_000), 513),
    "3000 rows": (insert(*["X-A: b"] * 3000), 513),
    "a row of 100 kB": (insert("X-A: " + "b" * 100_000), 513),
    "a row folded 1000 times": (insert("X-A: b", *[" c"] * 1000), 513),
    "body of 4 GB": (replace("Content-Length: 0", "Content-Length: 4294967295"), 513),
    "body of more than 64 bits": (replace("Content-Length: 0", f"Content-Length: {10**30}"), 400),
    "negative body": (replace("Content-Length: 0", "Content-Length: -1"), 400),
    "two lengths": (insert("Content-Length: 0"), 400),
    "Expires of 100 digits": (replace("Expires: 3600", "Expires: " + "9" * 100), 200),
    "CSeq over 31 bits": (replace("CSeq: 1 ", "CSeq: 2147483648 "), 400),
    "Max-Forwards of 1000 digits": (replace("Max-Forwards: 70", "Max-Forwards: " + "9" * 1000), 400),
    "1000 required extensions": (insert("Require: " + ",".join(["x"] * 1000)), 420),
    "Contact full of parameters": (replace("Event:", "X: " + ";a=b" * 2000 + "\r\nEvent:"), 200),
    "body of 5 kB that inflates to 5 MB": (
        with_body(zlib.compress(b" " * 5_000_000, 9), "resource-lists+xml", "Content-Encoding: deflate"),
        413,
    ),
    "body of a type that nobody asked for": (with_body(b"x\x9cKL", "octet-stream"), 415),
}


@pytest.mark.parametrize(("change", "status"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_subscribe_gets_its_reply(
    change: Change, status: int, new_phone: NewPhone, put_list: PutList
) -> None:
    uri = put_list("bob")
    attacker = new_phone("alice", kind="tcp")
    hostile = change(attacker.call(uri).request(3600))
    with suppress(OSError):  # answered and closed before all of it was sent
        attacker.send(hostile)
    answer = attacker.inbox.wait(lambda message: message.status >= 200)
    assert answer.status == status
    assert new_phone().call(uri).subscribe(600).status == 200


def test_stream_that_comes_octet_by_octet_is_served(new_phone: NewPhone, put_list: PutList) -> None:
    slow = new_phone("alice", kind="tcp")
    request = slow.call(put_list("bob")).request(3600)
    for place in range(len(request)):
        slow.send(request[place : place + 1])
    assert slow.response_to(request).status == 200


def test_stream_that_is_cut_in_a_message_harms_nobody(new_phone: NewPhone, put_list: PutList) -> None:
    uri, cut = put_list("bob"), new_phone("alice", kind="tcp")
    request = cut.call(uri).request(3600)
    cut.send(request[: len(request) // 2])
    cut.close()
    assert new_phone("alice", kind="tcp").call(uri).subscribe().status == 200


XML = '<?xml version="1.0"?>'
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
DOCUMENTS = {
    "entity bomb": f"{XML}<!DOCTYPE r [{BOMB}]><r>&e11;</r>",
    "external entity": f'{XML}<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    "external DTD": f'{XML}<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><r/>',
    "deep nesting": XML + "<list>" * 2000 + "</list>" * 2000,
    "thousands of attributes": XML + "<r " + " ".join(f'a{n}="b"' for n in range(3000)) + "/>",
    "cut in the middle": XML + '<rls-services xmlns="urn:ietf:params:xml:ns:rls-services"><serv',
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_hostile_document_is_refused(document: str, server: ListServer, domain: str) -> None:
    client = XcapLib(f"{server.http}/xcap-root", server.xcap(f"alice@{domain}").user, PASSWORD)
    refusal = client.put("rls-services", document.encode(), media_type=MEDIA_TYPES["rls-services"])
    assert refusal.status == 409
    assert b"root:" not in refusal.body


def test_external_list_makes_the_server_ask_nobody(
    server: ListServer, phone: Phone, domain: str, trap: socket.socket
) -> None:
    uri, port = f"sip:alice-list@{domain}", trap.getsockname()[1]
    anchor = (
        f"http://127.0.0.1:{port}/xcap-root/resource-lists/users/sip:alice@{domain}/index/~~/resource-lists"
    )
    service = documents.service(uri, f'<list><rl:external anchor="{anchor}/list"/></list>')
    server.database.store_list(f"alice@{domain}", uri, documents.rls_services(service))
    assert phone.call(uri).subscribe().status == 502
    with pytest.raises(TimeoutError):
        trap.accept()


INJECTED = (
    "sip:bob@{}?Subject=x%0D%0AEvil:%20yes",
    "sip:bob@{};method=INVITE?Evil=yes",
    "sip:bob%0D%0AEvil:%20yes@{}",
    "sip:bob@{}&#13;&#10;Evil: yes",
    "sip:bob@{}>&#9;Evil",
)


@pytest.mark.parametrize("entry", INJECTED)
def test_entry_writes_nothing_into_requests_but_its_address(
    entry: str, server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    uri, good = f"sip:alice-list@{domain}", f"sip:good@{domain}"
    name = "<rl:display-name>&#34;x&#13;&#10;Evil: yes&#60;/name></rl:display-name>".replace(
        "</name>", "&#62;"
    )
    content = (
        f'<list><rl:entry uri="{entry.format(domain).replace(">", "&gt;")}">{name}</rl:entry>'
        f"{documents.entries([good])}</list>"
    )
    server.database.store_list(
        f"alice@{domain}", uri, documents.rls_services(documents.service(uri, content))
    )
    call = phone.subscribe(uri)
    call.settled()
    resources.dialog(good)
    for request in resources.requests.all():
        assert request.method == "SUBSCRIBE"
        assert request.rows("Evil") == request.rows("Subject") == []
        assert b"\r\nEvil" not in request.data
    assert all(notify.rows("Evil") == [] for notify in call.notifies)


def test_source_that_floods_is_ignored_and_others_are_served(
    start_worker: Start, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_SOURCE_RATE="2")
    uri, bob = f"sip:alice-list@{domain}", f"sip:bob@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [bob]))
    mallory, alice = (
        Phone(UdpWire(host), f"sip:{user}@{domain}", server.sip)
        for host, user in (("127.0.0.2", "mallory"), ("127.0.0.3", "alice"))
    )
    call = alice.subscribe(uri)
    call.settled()
    for _ in range(200):
        mallory.send(mallory.request("OPTIONS", f"sip:rls@{domain}"))
    resources.dialog(bob).notify(pidf("bob", "unharmed"))
    assert call.notify(2).body_of(bob) == pidf("bob", "unharmed")
    assert call.subscribe(600).status == 200
    eventually(lambda: "source floods" in server.worker.output(), "the verdict")
    # 21 in each period of ten seconds, of which more than one may pass here.
    assert len(mallory.inbox.all()) <= 21 * (1 + server.worker.output().count("source floods"))
    mallory.close()
    alice.close()


def test_who_does_not_read_its_answers_is_cut_off(start_worker: Start, domain: str) -> None:
    """Before they fill the memory: some 4 MB may wait."""
    server = start_worker(RLS_SOURCE_RATE="0")
    phone = Phone(UdpWire(), f"sip:alice@{domain}", server.sip)
    long = phone.request("OPTIONS", f"sip:rls@{domain}", call_id="c" * 7000)
    with socket.create_connection(server.sip) as deaf, pytest.raises(OSError):
        for _ in range(10_000):
            deaf.sendall(long.replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP"))
    assert phone.ask(phone.request("OPTIONS", f"sip:rls@{domain}")).status == 200
    phone.close()


def test_proxies_and_all_presence_servers_send_as_they_like(
    start_worker: Start, presence: PresenceServer, domain: str, zone: DnsServer
) -> None:
    zone.add(f"named.{domain}", "A", "127.0.0.1")
    port = presence.address.rpartition(":")[2]
    server = start_worker(
        RLS_SOURCE_RATE="2",
        RLS_PRESENCE_SERVER=f"sip:named.{domain}:{port},sip:127.0.0.4",
        RLS_DNS_SERVERS=zone.address,
        RLS_TRUSTED_PROXIES="127.0.0.5",
    )
    presence.domain("").requests.wait(lambda message: f"named.{domain}" in message.request_uri)
    for host in ("127.0.0.1", "127.0.0.4", "127.0.0.5"):
        peer = Phone(UdpWire(host), f"sip:peer@{domain}", server.sip)
        for _ in range(30):
            assert peer.ask(peer.request("OPTIONS", f"sip:rls@{domain}")).status == 200, host
        peer.close()
    assert "source floods" not in server.worker.output()

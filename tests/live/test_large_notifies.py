"""What becomes of NOTIFYs that are too large for one packet: each setting on real sockets."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest

from tests.live.conftest import Start
from tests.live.rig import documents, list_notify
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import Phone
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain
from tests.live.rig.stream_server import StreamServerWire
from tests.live.rig.wire import UdpWire

MEMBERS = 12


@pytest.fixture
def two_ways(domain: str) -> Iterator[tuple[Phone, Phone]]:
    """Alice's phone by UDP, and what arrives there by TCP at the same port."""
    port = free_port()
    nobody = ("127.0.0.1", 9)
    phones = (
        Phone(UdpWire(port=port), f"sip:alice@{domain}", nobody),
        Phone(StreamServerWire(port=port), f"sip:alice@{domain}", nobody),
    )
    yield phones
    for phone in phones:
        phone.close()


def store_list(server: ListServer, domain: str) -> str:
    uri = f"sip:alice-list@{domain}"
    members = [f"sip:user{number}@{domain}" for number in range(MEMBERS)]
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, members))
    return uri


def notifies(phone: Phone) -> list[Message]:
    return phone.inbox.all(lambda message: message.start_line.startswith("NOTIFY"))


def is_second_notify(message: Message) -> bool:
    return message.start_line.startswith("NOTIFY") and message.cseq == 2


@pytest.mark.req("R3261-18.1.1-1")
@pytest.mark.parametrize("policy", ["tcp", "tcp-then-udp"])
def test_large_notifies_go_by_tcp_with_a_via_that_says_so(
    start_worker: Start, two_ways: tuple[Phone, Phone], resources: Domain, domain: str, policy: str
) -> None:
    server = start_worker(RLS_LARGE_NOTIFY=policy)
    by_udp, by_tcp = two_ways
    by_udp.server = server.sip
    by_udp.subscribe(store_list(server, domain))
    large = by_tcp.inbox.wait(is_second_notify)
    assert len(large.data) > 1300
    assert large["Via"].startswith("SIP/2.0/TCP ")
    assert all(len(message.data) <= 1300 for message in notifies(by_udp))


@pytest.mark.req("R3261-18.1.1-2")
def test_where_tcp_is_refused_they_go_by_udp(start_worker: Start, resources: Domain, domain: str) -> None:
    server = start_worker(RLS_LARGE_NOTIFY="tcp-then-udp")
    phone = Phone(UdpWire(port=free_port()), f"sip:alice@{domain}", server.sip)
    try:
        call = phone.subscribe(store_list(server, domain))
        told = call.settled()
        assert len(told.message.data) > 1300
        assert told.message["Via"].startswith("SIP/2.0/UDP ")
    finally:
        phone.close()


def test_a_phone_behind_a_nat_gets_them_by_the_way_it_came(
    start_worker: Start, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_LARGE_NOTIFY="tcp")
    phone = Phone(UdpWire(), f"sip:alice@{domain}", server.sip)
    try:
        call = phone.call(store_list(server, domain))
        call.contact = "sip:phone@192.0.2.7:5062"
        address = f"{phone.wire.local[0]}:{phone.wire.local[1]};branch".encode()
        assert phone.ask(call.request(3600).replace(address, b"192.0.2.7:5062;rport;branch")).status == 200
        assert len(phone.inbox.wait(is_second_notify).data) > 1300
    finally:
        phone.close()


def test_compact_headers_by_setting(start_worker: Start, resources: Domain, domain: str) -> None:
    server = start_worker(RLS_COMPACT_HEADERS="1")
    phone = Phone(UdpWire(), f"sip:alice@{domain}", server.sip)
    phone.respond = lambda request: None
    try:
        phone.subscribe(store_list(server, domain))
        notify = phone.inbox.wait(lambda message: message.start_line.startswith("NOTIFY"))
        assert all(notify.rows(name) for name in "vftimocl")
        assert not any(notify.rows(name) for name in ("Via", "From", "To", "Call-ID", "Contact", "Event"))
    finally:
        phone.close()


@pytest.mark.req("R3261-20.12-1")
@pytest.mark.parametrize(
    ("accepted", "deflated"), [("gzip, deflate", True), ("deflate;q=0", False), ("br", False)]
)
def test_bodies_are_deflated_for_who_accepts_it(
    start_worker: Start, resources: Domain, domain: str, accepted: str, deflated: bool
) -> None:
    server = start_worker(RLS_DEFLATE_FROM="1000")
    phone = Phone(UdpWire(), f"sip:alice@{domain}", server.sip)
    try:
        call = phone.call(store_list(server, domain))
        call.headers = (*call.headers, f"Accept-Encoding: {accepted}")
        assert call.subscribe().status == 200
        notify = phone.inbox.wait(is_second_notify)
        assert notify.rows("Content-Encoding") == (["deflate"] if deflated else [])
        body = zlib.decompress(notify.body) if deflated else notify.body
        head = notify.data.partition(b"\r\n\r\n")[0]
        plain = head.replace(b"Content-Length: %d" % len(notify.body), b"Content-Length: %d" % len(body))
        told = list_notify.parse(Message(plain + b"\r\n\r\n" + body, notify.at, notify.source))
        assert len(told.resources) == MEMBERS
    finally:
        phone.close()


def test_no_notify_has_more_bodies_than_the_setting_allows_and_none_is_lost(
    start_worker: Start, resources: Domain, domain: str
) -> None:
    """Versions are consecutive; ListCall.notify() fails where they are not."""
    server = start_worker(RLS_BODIES_PER_NOTIFY="5")
    phone = Phone(UdpWire(), f"sip:alice@{domain}", server.sip)
    try:
        call = phone.subscribe(store_list(server, domain))
        partials = [call.notify(version) for version in (1, 2, 3)]
        told = [[uri for uri in partial.resources if partial.instances[uri]] for partial in partials]
        assert [len(uris) for uris in told] == [5, 5, 2]
        assert len({uri for uris in told for uri in uris}) == MEMBERS
        assert call.subscribe().status == 200
        full = [call.notify(version) for version in (4, 5, 6)]
        assert [notify.full for notify in full] == [True, False, False]
        assert len(full[0].resources) == MEMBERS
        assert sum(len(notify.instances[uri]) for notify in full for uri in notify.resources) == MEMBERS
    finally:
        phone.close()

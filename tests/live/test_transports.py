"""Every transport, IPv4 and IPv6; retransmissions."""

from __future__ import annotations

import socket

import psycopg
import pytest

from tests.live.conftest import NewPhone, PutList, Start, StoreList
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, PresenceServer, pidf
from tests.live.rig.waiting import LIMIT, Inbox
from tests.live.rig.wire import Receive, UdpWire


@pytest.mark.req("R3261-18-1")
@pytest.mark.req("R3261-18.2.1-1")
@pytest.mark.req("R3261-18.1.1-5")
@pytest.mark.req("R7118-5-1")
@pytest.mark.req("R7118-5.1-1")
@pytest.mark.req("R3261-12.2.1.1-5")
@pytest.mark.parametrize("kind", ["tcp", "udp6", "tcp6", "tls", "tls6", "ws", "wss", "wss6"])
def test_whole_subscription(
    kind: str, server: ListServer, new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    phone = new_phone(kind=kind)
    call = phone.subscribe(put_list("bob"))
    told = call.settled()
    host = "[::1]" if kind.endswith("6") else "127.0.0.1"
    parameter = {"udp": "", "wss": ";transport=ws"}.get(name := kind.removesuffix("6"), f";transport={name}")
    assert call.target == f"sip:rls@{host}:{server.ports[name]}{parameter}"
    assert told.message["Via"].startswith(f"SIP/2.0/{phone.wire.transport} {host}:")
    resources.dialog(bob).notify(pidf("bob", "changed"))
    assert call.notify(2).body_of(bob) == pidf("bob", "changed")
    call.subscribe(600)
    call.notify(3)
    call.subscribe(0)
    assert call.notify(4).state == "terminated;reason=timeout"
    assert {notify["Contact"] for notify in call.notifies} == {f"<{call.target}>"}


@pytest.mark.req("R4320-4.1-1", "R4320-4.1-2")
def test_answer_that_takes_long_is_announced_by_100_on_a_stream_too(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, domain: str
) -> None:
    server = start_worker()
    phone = new_phone("alice", server, "tcp")
    request = phone.call(store_list(server, "bob")).request(3600)
    with psycopg.connect(server.database.url) as connection:
        connection.execute("lock table xcap_service_uris")
        phone.send(request)
        phone.inbox.wait(lambda message: message.status == 100)
    assert phone.response_to(request).status == 200
    assert [each.status for each in phone.inbox.all(lambda message: message.status > 0)] == [100, 200]


@pytest.mark.req("R3261-17.2.2-1")
@pytest.mark.req("R3261-17.2.3-1")
def test_retransmitted_subscribe_is_answered_again_and_not_served_twice(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.call(put_list("bob"))
    request = call.request(3600)
    phone.send(request)
    phone.send(request)  # absorbed while the answer is not known
    first = phone.response_to(request)
    for count in (2, 3):
        phone.send(request)
        again = phone.inbox.wait(lambda message: message.status == 200, count)
        assert again.data == first.data
    rows = server.database.rows("select 1 from rls_watchers where callid = %s", call.call_id)
    assert len(rows) == 1
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "later"))
    assert call.notify(2).body_of(f"sip:bob@{domain}") == pidf("bob", "later")


@pytest.mark.req("R3261-8.2.2.2-1")
def test_merged_subscribe_makes_no_second_subscription(
    phone: Phone, put_list: PutList, resources: Domain
) -> None:
    request = phone.call(put_list("bob")).request(3600)
    other_path = request.replace(b"branch=z9hG4bK", b"branch=z9hG4bKother")
    phone.send(request)
    phone.send(other_path)
    statuses = {phone.response_to(request).status, phone.response_to(other_path).status}
    assert statuses == {200, 482}


@pytest.mark.req("R3261-18.2.1-2", "R3261-18.2.2-1")
@pytest.mark.req("R3581-4-1")
def test_phone_behind_nat_is_reached_by_rport(phone: Phone, put_list: PutList, resources: Domain) -> None:
    """Via and Contact say an address where nobody is."""
    call = phone.call(put_list("bob"))
    call.contact = "sip:phone@192.0.2.7:5062"
    request = call.request(3600).replace(
        f"{phone.wire.local[0]}:{phone.wire.local[1]};branch".encode(), b"192.0.2.7:5062;rport;branch"
    )
    response = phone.ask(request)
    assert f";rport={phone.wire.local[1]}" in response["Via"]
    assert ";received=127.0.0.1" in response["Via"]
    assert call.notify(0).message.request_uri == call.contact


@pytest.mark.req("R3261-20.14-1")
@pytest.mark.req("R3261-7.5-1")
def test_stream_is_cut_by_content_length_and_keeps_alive(
    new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    phone = new_phone(kind="tcp")
    calls = [phone.call(put_list("bob")) for _ in range(2)]
    first, second = (call.request(3600) for call in calls)
    stream = b"\r\n\r\n" + first + b"\r\n" + second
    for piece in (stream[:100], stream[100 : len(first) + 50], stream[len(first) + 50 :]):
        phone.send(piece)
    assert phone.response_to(first).status == phone.response_to(second).status == 200


@pytest.mark.req("R3261-8.1.2-1")
def test_without_presence_server_each_entry_names_its_own(
    start_worker: Start, new_phone: NewPhone, presence: PresenceServer, domain: str
) -> None:
    server = start_worker(RLS_PRESENCE_SERVER="")
    other = PresenceServer("127.0.0.2")
    try:
        uri = f"sip:alice-list@{domain}"
        members = [f"sip:bob@{presence.address}", f"sip:claire@{other.address}"]
        server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, members))
        assert new_phone("alice", server).subscribe(uri).settled().resources == members
        assert not presence.domain("127.0.0.1").dialog(members[0]).first.rows("Route")
        assert not other.domain("127.0.0.2").dialog(members[1]).first.rows("Route")
    finally:
        other.close()


def test_presence_server_at_an_ipv6_address(start_worker: Start, new_phone: NewPhone, domain: str) -> None:
    presence = PresenceServer("::1")
    try:
        server = start_worker(RLS_PRESENCE_SERVER=f"sip:{presence.address}")
        bob, uri = f"sip:bob@{domain}", f"sip:alice-list@{domain}"
        server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [bob]))
        assert new_phone("alice", server).subscribe(uri).settled().resources == [bob]
        subscribe = presence.domain(domain).dialog(bob).first
        assert subscribe.uri("Contact") == f"sip:rls@[::1]:{server.sip6[1]}"
        assert subscribe["Via"].startswith(f"SIP/2.0/UDP [::1]:{server.sip6[1]};")
    finally:
        presence.close()


@pytest.mark.req("R5626-5.4-1")
def test_a_ping_on_a_stream_is_answered_at_once(server: ListServer) -> None:
    with socket.create_connection(server.sip, timeout=LIMIT) as stream:
        stream.sendall(b"\r\n\r\n")
        assert stream.recv(16) == b"\r\n"


@pytest.mark.req("R5626-5.3-1")
@pytest.mark.req("R3261-18.1.1-4")
@pytest.mark.parametrize("kind", ["tcp", "tls", "ws", "wss"])
def test_notifies_follow_the_phone_to_its_new_connection(
    kind: str, new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    """The refresh comes by another connection; the old one is closed."""
    bob = f"sip:bob@{domain}"
    old, new = new_phone(kind=kind), new_phone(kind=kind)
    call = old.subscribe(put_list("bob"))
    call.settled()
    call.phone, call.contact = new, new.contact
    assert call.subscribe().status == 200
    old.close()
    assert new.inbox.wait(lambda message: call.is_notify(message) and message.cseq == 3)
    resources.dialog(bob).notify(pidf("bob", "by the new way"))
    later = new.inbox.wait(lambda message: call.is_notify(message) and message.cseq == 4)
    assert b"by the new way" in later.body


class StunWire(UdpWire):
    """Puts aside what answers STUN."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Inbox()

    def start(self, receive: Receive) -> None:
        def sort(message: Message) -> None:
            (self.answers.add if message.data[:1] == b"\1" else receive)(message)

        super().start(sort)


@pytest.mark.req("R5626-5.4-2")
def test_stun_of_a_phone_with_a_subscription_is_answered_with_where_it_came_from(
    server: ListServer, put_list: PutList, domain: str
) -> None:
    """RFC 5389: a binding request, and the XOR-MAPPED-ADDRESS in its answer."""
    cookie, number = bytes.fromhex("2112a442"), b"keep alive!!"
    wire = StunWire()
    phone = Phone(wire, f"sip:alice@{domain}", server.sip)
    phone.subscribe(put_list("bob"))
    phone.send(b"\0\1\0\0" + cookie + number)
    answer = wire.answers.wait(lambda message: True).data
    host, port = wire.local
    phone.close()
    masked = bytes(
        a ^ b for a, b in zip(port.to_bytes(2) + socket.inet_aton(host), cookie[:2] + cookie, strict=True)
    )
    assert answer[:2] == b"\1\1" and answer[4:20] == cookie + number
    assert b"\0\x20\0\x08\0\1" + masked in answer

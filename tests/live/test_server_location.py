"""RFC 3263 with a real DNS server, and several presence servers: who is asked, and who when one fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.dns_server import DnsServer
from tests.live.rig.list_server import ListServer
from tests.live.rig.ports import free_port
from tests.live.rig.presence import PresenceServer, Script, pidf
from tests.live.rig.secure import Authority
from tests.live.rig.stream_server import StreamServerWire
from tests.live.rig.waiting import eventually


@pytest.fixture
def other() -> Iterator[PresenceServer]:
    """A second presence server, by TCP."""
    server = PresenceServer(wire=StreamServerWire())
    yield server
    server.close()


def store_list(server: ListServer, domain: str, member: str, user: str = "alice") -> str:
    uri = f"sip:{user}-list@{domain}"
    server.database.store_list(f"{user}@{domain}", uri, documents.simple(uri, [member]))
    return uri


def way_to_bob(server: ListServer, new_phone: NewPhone, presence: PresenceServer, domain: str) -> str:
    """The Via by which bob's presence server was asked; its answer has reached a watcher."""
    bob = f"sip:bob@{domain}"
    call = new_phone("alice", server).subscribe(store_list(server, domain, bob))
    assert call.settled().instance(bob).state == "active"
    return presence.domain(domain).dialog(bob).first["Via"]


def port_of(server: PresenceServer) -> str:
    return server.address.rpartition(":")[2]


@pytest.mark.req("R3263-4.1-1")
@pytest.mark.req("R3263-4.2-1")
def test_naptr_chooses_the_transport_and_srv_the_port(
    start_worker: Start, new_phone: NewPhone, zone: DnsServer, other: PresenceServer, domain: str
) -> None:
    zone.add(
        domain,
        "NAPTR",
        f'20 0 "s" "SIP+D2U" "" _sip._udp.{domain}.',
        f'10 0 "s" "SIP+D2T" "" _sip._tcp.{domain}.',
    )
    zone.add(f"_sip._tcp.{domain}", "SRV", f"0 0 {port_of(other)} host.{domain}.")
    zone.add(f"host.{domain}", "A", "127.0.0.1")
    server = start_worker(RLS_PRESENCE_SERVER="", RLS_DNS_SERVERS=zone.address)
    assert way_to_bob(server, new_phone, other, domain).startswith("SIP/2.0/TCP ")


@pytest.mark.req("R3263-4.2-1")
@pytest.mark.parametrize("with_port", [False, True])
def test_names_without_service_records_have_addresses(
    start_worker: Start,
    new_phone: NewPhone,
    zone: DnsServer,
    presence: PresenceServer,
    domain: str,
    with_port: bool,
) -> None:
    """A port in the URI means: no SRV, even if there is one."""
    host = f"host.{domain}"
    zone.add(host, "A", "127.0.0.1")
    if with_port:
        zone.add(f"_sip._udp.{host}", "SRV", f"0 0 {free_port()} nowhere.{domain}.")
        uri = f"sip:{host}:{port_of(presence)}"
    else:
        zone.add(f"_sip._udp.{host}", "SRV", f"0 0 {port_of(presence)} {host}.")
        uri = f"sip:{host}"
    server = start_worker(RLS_PRESENCE_SERVER=uri, RLS_DNS_SERVERS=zone.address)
    bob = f"sip:bob@{domain}"
    assert new_phone("alice", server).subscribe(store_list(server, domain, bob)).settled().resources == [bob]
    assert presence.domain(domain).dialog(bob).first.rows("Route") == [f"<{uri};lr>"]


@pytest.mark.req("R3263-4.1-1")
def test_naptr_may_choose_tls_with_a_certificate_of_the_domain(
    start_worker: Start, new_phone: NewPhone, zone: DnsServer, authority: Authority, domain: str
) -> None:
    """Not of the host that the DNS names (RFC 5922 section 4)."""
    with closing(PresenceServer(wire=StreamServerWire(context=authority.server(domain)))) as secure:
        zone.add(domain, "NAPTR", f'10 0 "s" "SIPS+D2T" "" _sips._tcp.{domain}.')
        zone.add(f"_sips._tcp.{domain}", "SRV", f"0 0 {port_of(secure)} host.elsewhere.test.")
        zone.add("host.elsewhere.test", "A", "127.0.0.1")
        server = start_worker(
            RLS_PRESENCE_SERVER="",
            RLS_DNS_SERVERS=zone.address,
            RLS_TLS_CERTIFICATES=authority.certify("rls.test"),
            RLS_TLS_CA=authority.path,
        )
        assert way_to_bob(server, new_phone, secure, domain).startswith("SIP/2.0/TLS ")


@pytest.mark.req("R3263-4.2-1", "R3263-4.3-1")
@pytest.mark.parametrize("dead", [0, 40])
def test_a_host_may_be_reached_by_ipv6_alone(
    start_worker: Start, new_phone: NewPhone, zone: DnsServer, domain: str, dead: int
) -> None:
    """Though it has addresses of IPv4, which most likely come first."""
    port = free_port()
    with closing(PresenceServer(wire=StreamServerWire("::1", port))) as presence:
        host = f"host.{domain}"
        zone.add(host, "A", *(f"127.0.0.{number + 1}" for number in range(dead)))
        zone.add(host, "AAAA", "::1")
        uri = f"sip:{host}:{port};transport=tcp"
        server = start_worker(RLS_PRESENCE_SERVER=uri, RLS_DNS_SERVERS=zone.address)
        assert way_to_bob(server, new_phone, presence, domain).startswith("SIP/2.0/TCP [::1]:")


@pytest.mark.req("R3261-8.1.3.1-1", "R3261-17.1.4-1")
@pytest.mark.req("R3263-4.3-1")
@pytest.mark.req("R3263-4-1")
def test_a_dead_server_is_followed_by_the_next_record(
    start_worker: Start, new_phone: NewPhone, zone: DnsServer, other: PresenceServer, domain: str
) -> None:
    zone.add(
        f"_sip._tcp.{domain}",
        "SRV",
        f"1 0 {free_port()} host.{domain}.",
        f"2 0 {port_of(other)} host.{domain}.",
    )
    zone.add(f"host.{domain}", "A", "127.0.0.1")
    server = start_worker(RLS_PRESENCE_SERVER=f"sip:{domain};transport=tcp", RLS_DNS_SERVERS=zone.address)
    bob = f"sip:bob@{domain}"
    told = new_phone("alice", server).subscribe(store_list(server, domain, bob)).settled()
    assert told.instance(bob).state == "active"
    assert other.domain(domain).dialog(bob).first.cseq == 1


@pytest.mark.req("R3263-4.3-1")
@pytest.mark.req("R3261-21.5.4-1")
def test_503_means_the_next_record_by_a_new_branch(
    start_worker: Start,
    new_phone: NewPhone,
    zone: DnsServer,
    presence: PresenceServer,
    other: PresenceServer,
    domain: str,
) -> None:
    bob = f"sip:bob@{domain}"
    presence.domain(domain).default = lambda uri: Script(status=503, headers=("Retry-After: 60",))
    zone.add(domain, "NAPTR", f'1 0 "s" "SIP+D2U" "" udp.{domain}.', f'2 0 "s" "SIP+D2T" "" tcp.{domain}.')
    zone.add(f"udp.{domain}", "SRV", f"0 0 {port_of(presence)} host.{domain}.")
    zone.add(f"tcp.{domain}", "SRV", f"0 0 {port_of(other)} host.{domain}.")
    zone.add(f"host.{domain}", "A", "127.0.0.1")
    server = start_worker(RLS_PRESENCE_SERVER=f"sip:{domain}", RLS_DNS_SERVERS=zone.address)
    assert new_phone("alice", server).subscribe(store_list(server, domain, bob)).settled().instance(bob).body
    (refused,) = presence.domain(domain).requests.all()
    taken = other.domain(domain).dialog(bob).first
    assert (refused["Call-ID"], refused.cseq) == (taken["Call-ID"], taken.cseq)
    assert refused["Via"].split("branch=")[1] != taken["Via"].split("branch=")[1]


def test_subscriptions_move_when_their_presence_server_goes_down(
    start_worker: Start, new_phone: NewPhone, domain: str
) -> None:
    first, second = PresenceServer(), PresenceServer()
    try:
        server = start_worker(
            RLS_PRESENCE_SERVER=f"sip:{first.address},sip:{second.address}", RLS_PRESENCE_CHECK="2"
        )
        bob = f"sip:bob@{domain}"
        second.domain(domain).default = lambda uri: Script(state=None)
        call = new_phone("alice", server).subscribe(store_list(server, domain, bob))
        assert call.settled().body_of(bob) == pidf(bob.removeprefix("sip:"))
        first.domain(domain).dialog(bob).answer_to_last()
    finally:
        first.close()
    try:
        dialog = second.domain(domain).dialog(bob)
        assert dialog.notify(pidf("bob", "by the second")).status == 200
        assert call.notify(2).body_of(bob) == pidf("bob", "by the second")
        assert "a presence server is down" in server.worker.output()
    finally:
        second.close()


def test_a_presence_server_that_comes_back_is_used_again(
    start_worker: Start, new_phone: NewPhone, presence: PresenceServer, domain: str
) -> None:
    port = free_port()
    server = start_worker(
        RLS_PRESENCE_SERVER=f"sip:127.0.0.1:{port},sip:{presence.address}", RLS_PRESENCE_CHECK="2"
    )
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    eventually(lambda: "a presence server is down" in server.worker.output(), "the verdict")
    uri = store_list(server, domain, bob)
    assert new_phone("alice", server).subscribe(uri).settled().instance(bob).state == "active"
    back = PresenceServer(port=port)
    try:
        eventually(lambda: "a presence server is back" in server.worker.output(), "the verdict")
        uri = store_list(server, domain, claire, "tom")
        assert new_phone("tom", server).subscribe(uri).settled().resources == [claire]
        assert back.domain(domain).dialog(claire)
    finally:
        back.close()

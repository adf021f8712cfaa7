"""Connections that nobody takes are noticed at once, not when a transaction ends."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.dns_server import DnsServer
from tests.live.rig.ports import free_port
from tests.live.rig.presence import PresenceServer
from tests.live.rig.stream_server import StreamServerWire
from tests.live.rig.waiting import LIMIT


@pytest.mark.req("R3261-17.1.4-1", "R3263-4.3-1")
def test_the_next_server_is_asked_before_timer_f_could_fire(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, zone: DnsServer, domain: str
) -> None:
    """Timer F is 64*T1, longer than the test waits."""
    living = PresenceServer(wire=StreamServerWire())
    try:
        port = living.address.rpartition(":")[2]
        records = (f"1 0 {free_port()} host.{domain}.", f"2 0 {port} host.{domain}.")
        zone.add(f"_sip._tcp.{domain}", "SRV", *records)
        zone.add(f"host.{domain}", "A", "127.0.0.1")
        server = start_worker(
            RLS_PRESENCE_SERVER=f"sip:{domain};transport=tcp",
            RLS_DNS_SERVERS=zone.address,
            RLS_T1=str(LIMIT / 30),
        )
        told = new_phone("alice", server).subscribe(store_list(server, "bob")).settled()
        assert told.instance(f"sip:bob@{domain}").state == "active"
    finally:
        living.close()

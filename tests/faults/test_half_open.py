"""Peers of TCP and TLS connections that vanish: no FIN, no RST, no answer."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bench.lists import DOMAIN, document, service_uri
from tests.faults.conftest import LONG
from tests.faults.network import connections, network, set_up
from tests.faults.plant import ENTRIES, Plant
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.secure import Authority, wire_by
from tests.live.rig.waiting import eventually

pytestmark = [
    pytest.mark.skipif(not LONG, reason="long: make faults"),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="needs root and iproute2"),
]
LIMIT = 180.0
"""Seconds; TCP is asked after 60, and believed to be gone after another 32."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(plant: Plant, authority: Authority, tmp_path: Path) -> ListServer:
    """A second one beside the plant's, which no network reaches."""
    database = plant.another_database(migrated=True)
    database.store_list(f"w0@{DOMAIN}", service_uri(0), document(0, ENTRIES))
    certificates = authority.certify("localhost")
    return ListServer(database, plant.broker_url, tmp_path, RLS_TLS_CERTIFICATES=certificates)


def _phone(server: ListServer, kind: str, authority: Authority) -> Phone:
    address = server.sip_by(kind)
    return Phone(wire_by(kind, address, authority), f"sip:w0@{DOMAIN}", address)


@pytest.mark.parametrize("kind", ["tcp", "tls"])
def test_connections_to_nobody_are_closed_and_others_are_served(
    server: ListServer, authority: Authority, kind: str
) -> None:
    """Both: one that says nothing, and one that is told something."""
    with network():
        try:
            server.start_worker()
            pid, port = server.worker.pid, server.ports[kind]
            phone, silent = (_phone(server, kind, authority) for _ in range(2))
            phone.subscribe(service_uri(0)).notify(0)
            eventually(lambda: connections(pid, port) == 2, "two connections")
            set_up(False)
            eventually(lambda: connections(pid, port) == 0, "no connection", LIMIT)
            set_up(True)
            phone.close()
            silent.close()
            again = _phone(server, kind, authority)
            again.subscribe(service_uri(0)).notify(0)
            again.close()
        finally:
            server.stop()

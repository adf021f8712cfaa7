"""Subscriptions that move to another SIP worker (RFC 6665 section 4.4.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.list_server import ListServer, ready
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually
from tests.live.test_operating import Rls
from tests.live.test_operating import rls as rls


@pytest.fixture
def server(start_worker: Start) -> ListServer:
    """That of the orders, too."""
    return start_worker()


@pytest.mark.req("R6665-4.4.2-1")
def test_who_is_deactivated_by_a_drained_worker_goes_on_at_another(
    server: ListServer,
    rls: Rls,
    new_phone: NewPhone,
    store_list: StoreList,
    resources: Domain,
    domain: str,
    tmp_path: Path,
) -> None:
    bob, port = f"sip:bob@{domain}", free_port()
    phone = new_phone(at=server)
    call = phone.subscribe(store_list(server, "bob"))
    call.settled()
    second = server.worker.twin(tmp_path / "second.log")
    second.start(RLS_WORKER="2", RLS_SIP_LISTEN=f"udp:127.0.0.1:{port}")
    try:
        ready(second)
        rls("drain", "1")
        rls("end", phone.user)
        final = call.notify(2)
        assert final.state == "terminated;reason=deactivated"
        assert final.body_of(bob) == pidf(f"bob@{domain}")
        assert call.subscribe().status == 481
        assert phone.call(call.list_uri).subscribe().status == 503
        phone.server = ("127.0.0.1", port)
        moved = phone.subscribe(call.list_uri)
        assert moved.settled().body_of(bob) == pidf(f"bob@{domain}")
        eventually(lambda: resources.dialogs_of(bob)[0].ended, "the end of the first worker's back end")
    finally:
        second.stop()

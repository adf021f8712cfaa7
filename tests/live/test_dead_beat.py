"""When Celery beat dies, the SIP worker runs the ticks until it is back, and operators see that."""

from __future__ import annotations

import signal

from tests.live.conftest import PutList
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually
from tests.live.test_admin_changes import Operator
from tests.live.test_monitoring import figures


def _standing_in(server: ListServer) -> float:
    """As the worker's metrics say."""
    return figures(f"http://{server.environment['RLS_WORKER_HTTP']}")["rls_standing_in"]


def test_worker_ticks_while_the_beat_is_dead(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, operator = f"sip:bob@{domain}", Operator(server, "watchman")
    call = phone.subscribe(put_list("bob"))
    call.settled()
    server.beat.stop(signal.SIGKILL)
    try:
        eventually(lambda: server.ticked_by() == "worker 1", "tick by the worker")
        assert _standing_in(server) == 1
        assert "by worker 1" in operator.get("/admin/")
        resources.dialog(bob).notify(pidf("bob", "without a beat"))
        assert call.notify(2).body_of(bob) == pidf("bob", "without a beat")
    finally:
        server.beat.start()
    eventually(lambda: server.ticked_by() == "celery", "tick by Celery")
    eventually(lambda: _standing_in(server) == 0, "the worker's rest")
    assert "by celery" in operator.get("/admin/")
    resources.dialog(bob).notify(pidf("bob", "with a beat"))
    assert call.notify(3).body_of(bob) == pidf("bob", "with a beat")

"""A worker that was thought dead, and is not, leaves its place to the one that took it."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.list_server import ready
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually

END_SESSION = """
select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
 where l.locktype = 'advisory' and l.classid = 4662 and d.datname = current_database()
"""


def test_process_that_was_cut_off_and_replaced_leaves_without_a_word(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str, tmp_path: Path
) -> None:
    server = start_worker()
    uri, bob = f"sip:alice-list@{domain}", f"sip:bob@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [bob]))
    phone = new_phone("alice", server)
    call = phone.subscribe(uri)
    call.settled()
    old = server.worker
    new, port = old.twin(tmp_path / "new.log"), free_port()
    old.ask_to_stop(signal.SIGSTOP)
    try:
        new.start(RLS_SIP_LISTEN=f"udp:127.0.0.1:{port}")
        new.wait_until(lambda: "standing by" in new.output())
        assert new.stop() == 0, "who stands by can be stopped"
        new.start(RLS_SIP_LISTEN=f"udp:127.0.0.1:{port}")
        new.wait_until(lambda: "standing by" in new.output())
        server.database.rows(END_SESSION)
        ready(new)
        eventually(lambda: len(resources.dialog(bob).subscribes) == 2, "refresh by the new process")
        old.ask_to_stop(signal.SIGCONT)
        eventually(lambda: not old.lives, "end of the old process")
        assert "another process serves worker 1" in old.output()
        phone.server = ("127.0.0.1", port)
        assert call.subscribe(600).status == 200
        told = call.notify(2)
        assert told.full
        assert told.body_of(bob) == pidf(f"bob@{domain}")
        assert len(call.notifies) == 3
    finally:
        old.ask_to_stop(signal.SIGCONT)
        new.stop()

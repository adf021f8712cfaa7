"""Traced messages reach Homer as they went over the wire."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.presence import Domain
from tests.live.rig.processes import Process
from tests.live.rig.waiting import LIMIT, eventually
from tests.live.rig.wire import address_text
from tests.pure.domain.test_capture import chunks_of


def test_traced_messages_go_to_homer(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as homer:
        homer.bind(("127.0.0.1", 0))
        homer.settimeout(LIMIT)
        server = start_worker(RLS_HOMER=address_text(homer.getsockname()))
        uri, bob = f"sip:alice-list@{domain}", f"sip:bob@{domain}"
        server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [bob]))
        call = new_phone(at=server).subscribe(uri)
        call.settled()
        trace = Process(
            (sys.executable, "manage.py", "rls", "trace", f"alice@{domain}", "--for", "3600"),
            {**server.environment, "PYTHONUNBUFFERED": "1"},
            tmp_path / "trace",
        )
        trace.start()
        try:
            eventually(lambda: call.subscribe() and "SUBSCRIBE" in trace.output(), "trace")
            received = iter(lambda: chunks_of(homer.recv(65535)), None)
            chunks = next(each for each in received if call.call_id.encode() in each[15])
        finally:
            trace.stop(signal.SIGINT)
        assert chunks[11] == b"\x01"  # SIP
        assert chunks[15].startswith((b"SUBSCRIBE ", b"NOTIFY ", b"SIP/2.0 "))
        ports = {int.from_bytes(chunks[kind], "big") for kind in (7, 8)}
        assert call.phone.wire.local[1] in ports

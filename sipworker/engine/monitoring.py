"""What can be seen of a SIP worker from outside: whether it lives, whether it can work, its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST

from sipworker.engine.http import Answer, Serve, as_json
from sipworker.engine.metrics import exposition

if TYPE_CHECKING:
    from sipworker.engine.worker import SipWorker


def readiness(worker: SipWorker) -> dict[str, str]:
    """`ok`, or what is wrong, for each part that has to work before SUBSCRIBEs should come here."""
    reachable = worker.listener.listening.is_set() and not worker.writer.unreachable
    return {
        "database": "ok" if reachable else "not reachable",
        "subscriptions": "draining: new ones are refused" if worker.admission.draining else "ok",
    }


def paths(worker: SipWorker) -> dict[str, Serve]:
    def readyz() -> Answer:
        parts = readiness(worker)
        return as_json(parts, ok=all(state == "ok" for state in parts.values()))

    return {
        "/metrics": lambda: Answer(200, CONTENT_TYPE_LATEST, exposition(worker)),
        "/healthz": lambda: as_json({"status": "ok"}),
        "/readyz": readyz,
    }

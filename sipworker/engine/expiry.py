"""For how long a subscription is granted (RFC 6665 section 4.2.1.1)."""

from __future__ import annotations

from rls.domain.packages import package
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Rejection
from sipworker.sip.grammar import delta_seconds
from sipworker.sip.message import Request


def asked_expires(request: Request, event: str) -> int:
    """Seconds; absent or unreadable means the package's default (row D41)."""
    seconds = delta_seconds(request.header("expires"))
    return package(event).default_expires if seconds is None else seconds


def too_brief(request: Request, event: str, options: WorkerOptions) -> Rejection | None:
    """Row D38: 423 only below the minimum and below an hour."""
    asked = asked_expires(request, event)
    if 0 < asked < min(options.min_expires, 3600):
        return Rejection(423, headers=(("Min-Expires", str(options.min_expires)),))
    return None


def granted(request: Request, event: str, options: WorkerOptions) -> int:
    return min(asked_expires(request, event), options.max_expires)

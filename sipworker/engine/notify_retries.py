"""When full state follows a NOTIFY that failed without ending its subscription (RFC 6665 section 4.2.2)."""

from __future__ import annotations

from sipworker.sip.grammar import leading_seconds
from sipworker.sip.message import Response
from sipworker.sip.transactions import Outcome

FIRST, MOST = 5.0, 300.0
"""Seconds; twice as many after each further failure."""
DOUBLINGS = 10
"""More than lead to MOST."""
LONGEST = 3600
"""Seconds that a watcher's Retry-After can ask for."""


def pause(failures: int, outcome: Outcome) -> float:
    """Seconds, after so many failures in a row before this one; at least as long as its answer asks for."""
    asked = leading_seconds(outcome.header("retry-after")) if isinstance(outcome, Response) else None
    return max(min(FIRST * 2.0 ** min(failures, DOUBLINGS), MOST), min(asked or 0, LONGEST))

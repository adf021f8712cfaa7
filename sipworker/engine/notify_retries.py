"""When full state follows a NOTIFY that failed without ending its subscription (RFC 6665 section 4.2.2)."""

from __future__ import annotations

FIRST, MOST = 5.0, 300.0
"""Seconds; twice as many after each further failure."""
DOUBLINGS = 10
"""More than lead to MOST."""


def pause(failures: int) -> float:
    """Seconds, after so many failures in a row before this one."""
    return min(FIRST * 2.0 ** min(failures, DOUBLINGS), MOST)

"""Timers run on the monotonic clock, the database on Unix time; this is where they meet."""

from __future__ import annotations

import time


def unix(when: float, now: float) -> int:
    """The Unix second of the monotonic time `when`; `now` is the monotonic present."""
    return round(time.time() + when - now) if when else 0


def monotonic(seconds: float, now: float) -> float:
    """The monotonic time of a Unix second."""
    return now + seconds - time.time()

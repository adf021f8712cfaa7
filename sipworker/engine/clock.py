"""Timers run on the monotonic clock, the database on Unix time; this is where they meet."""

from __future__ import annotations

import time


def unix(when: float, now: float) -> int:
    """The Unix second of the monotonic time `when`; `now` is the monotonic present."""
    return round(time.time() + when - now) if when else 0


def monotonic(seconds: float, now: float) -> float:
    """The monotonic time of a Unix second."""
    return now + seconds - time.time()


CSEQ_EPOCH = 1767225600
"""2026: half seconds since then fit below 2**31 until 2060."""
CSEQ_GAP = 1000


def unused_cseq(stored: int) -> int:
    """A CSeq as high as any that a dialog has seen, although not each was stored; the next one is free.

    Half seconds: a worker does not start twice in one, and no dialog sends more SUBSCRIBEs (RFC 3261
    section 8.1.1.5 counts the clock, too). A fixed gap would repeat itself at the second restart in a row.
    """
    ticks = int(2 * (time.time() - CSEQ_EPOCH))
    return ticks if ticks >= stored else stored + ticks % CSEQ_GAP  # the clock was set back

"""Timers run on the monotonic clock, the database on Unix time; this is where they meet."""

from __future__ import annotations

import time


def unix(when: float, now: float) -> int:
    """The Unix second of the monotonic time `when`; `now` is the monotonic present."""
    return round(time.time() + when - now) if when else 0


def monotonic(seconds: float, now: float) -> float:
    """The monotonic time of a Unix second."""
    return now + seconds - time.time()


CSEQ_EPOCH = 1577836800
"""2020: seconds since then fit below 2**31 until 2088."""
CSEQ_GAP = 1000
"""For a clock that was set back: SUBSCRIBEs that a dialog may have seen since its CSeq was stored."""


def unused_cseq(stored: int) -> int:
    """A CSeq higher than all that a dialog has seen, although not each was stored.

    Seconds: no dialog sends more than one SUBSCRIBE in each (RFC 3261 section 8.1.1.5 counts
    them, too). A gap alone would repeat itself at the second restart in a row.
    """
    seconds = int(time.time()) - CSEQ_EPOCH
    return seconds if seconds > stored else stored + CSEQ_GAP

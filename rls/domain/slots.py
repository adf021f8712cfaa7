"""When which slice of the watchers is told: time cut into numbered slots.

A slot is one slice's turn; `slices` slots make one waitn_time. Slots are numbered since the
epoch and the last one served is remembered, so that a late, doubled or lost tick changes
latency only.
"""

from __future__ import annotations

from collections.abc import Iterator

LONGEST_TICK = 1.0
"""Seconds between two ticks at most: a long waitn_time is served slice by slice all the same."""
MARGIN = 0.05
"""Seconds that a tick ends before the next one starts; its last slots are left to that one."""


def tick_interval(waitn_time: float) -> float:
    """Seconds between two ticks."""
    return min(waitn_time, LONGEST_TICK)


def slots_due(
    last: int, now: float, waitn_time: float, slices: int, window: float
) -> Iterator[tuple[int, float]]:
    """The slots to serve in a tick that starts `now` and lasts `window` seconds, each with its time.

    Missed slots come first, at once, but none twice: at most one turn of every slice. A last slot
    that is more than a turn away was served before the clock was set back, and means nothing.
    """
    per_second = slices / waitn_time
    after = int((now + max(window - MARGIN, 0.0)) * per_second)
    first = int(now * per_second) - slices + 1
    if last <= after + slices:
        first = max(last + 1, first)
    for slot in range(first, after + 1):
        yield slot, slot / per_second

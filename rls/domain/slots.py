"""When which slice of the watchers is told: time cut into numbered slots.

A slot is one slice's turn; `slices` slots make one waitn_time. Slots are numbered since the
epoch and the last one served is remembered, so that a late, doubled or lost tick changes
latency only.
"""

from __future__ import annotations

from collections.abc import Iterator

TICK = 2.0
"""Seconds between two ticks, whatever waitn_time is: a tick serves the slots of that time, each when it
is due. Shorter, and the sending and taking of its message would cost more than its slices."""
MARGIN = 0.05
"""Seconds that a tick ends before the next one starts; its last slots are left to that one."""


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

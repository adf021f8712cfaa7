"""How the cost of a function grows with its input: no stopwatch, so that a busy machine changes nothing."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TIMES = 8
LINEAR = TIMES * 3
"""Growth that no quadratic function (64) stays below and every linear one does."""
PATIENCE = 50


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether `work(size * TIMES)` costs about `TIMES` times as much as `work(size)`, or less.

    Others on the machine only ever add to a cost: the least of several is nearest to the true one.
    """
    small = large = float("inf")
    for attempt in range(PATIENCE):
        small = min(small, _cost(work, size))
        large = min(large, _cost(work, size * TIMES))
        if attempt >= 2 and large < LINEAR * small:
            return True
    return False


def _cost(work: Callable[[int], object], size: int) -> int:
    """Nanoseconds of processor time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        start = time.thread_time_ns()
        work(size)
        return time.thread_time_ns() - start
    finally:
        if collects:
            gc.enable()

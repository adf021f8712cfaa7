"""How long things take, counted in buckets: cheap to add to, good enough for quantiles."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

BOUNDS = (
    *(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5),
    *(2.0, 3.0, 5.0, 10.0, 30.0, 60.0),
)
"""Upper bounds of the buckets in seconds, dense where a delay of up to one `waitn_time` lies."""


class Histogram:
    """`counts` has one number for each of BOUNDS and one for what is longer; `sum` is in seconds."""

    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds


def quantile(counts: Sequence[int], share: float) -> float | None:
    """The time in seconds that `share` of what was counted did not exceed; None if nothing was.

    Within a bucket it is interpolated; what is longer than the last bound counts as that bound.
    """
    wanted = share * sum(counts)
    if not wanted:
        return None
    seen = 0
    for lower, upper, count in zip((0.0, *BOUNDS), (*BOUNDS, BOUNDS[-1]), counts, strict=True):
        if count and seen + count >= wanted:
            return lower + (upper - lower) * (wanted - seen) / count
        seen += count
    return BOUNDS[-1]

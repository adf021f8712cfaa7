"""From counters that were noted now and then to rates per time: what charts show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rls.domain.histogram import quantile


class Noted(NamedTuple):
    """Counters of one worker at a time (Unix seconds); `delays` is a Histogram's counts."""

    at: float
    owner: int
    updates: int
    notifies: int
    failures: int
    delays: Sequence[int]
    lag: float


class Point(NamedTuple):
    """One stretch of time: rates per second, delays and lag in seconds; None: nothing is known."""

    updates: float | None = None
    notifies: float | None = None
    failures: float | None = None
    p50: float | None = None
    p99: float | None = None
    lag: float | None = None


class _Stretch:
    """What all workers together did in one stretch, added up."""

    def __init__(self) -> None:
        self.counted: dict[int, list[float]] = {}  # owner: seconds, updates, notifies, failures
        self.delays: list[int] = []
        self.lag = 0.0

    def add(self, before: Noted, after: Noted) -> None:
        sums = self.counted.setdefault(after.owner, [0.0] * 4)
        sums[0] += after.at - before.at
        for index, name in enumerate(("updates", "notifies", "failures"), 1):
            sums[index] += getattr(after, name) - getattr(before, name)
        more = [new - old for new, old in zip(after.delays, before.delays, strict=True)]
        self.delays = [a + b for a, b in zip(self.delays, more, strict=True)] if self.delays else more
        self.lag = max(self.lag, after.lag)

    def point(self) -> Point:
        rates = [sum(sums[index] / sums[0] for sums in self.counted.values()) for index in (1, 2, 3)]
        return Point(
            rates[0], rates[1], rates[2], quantile(self.delays, 0.5), quantile(self.delays, 0.99), self.lag
        )


def points(noted: Iterable[Noted], now: float, length: float, number: int) -> list[Point]:
    """The last `number` stretches of `length` seconds each, the oldest first. `noted` is in order of time."""
    stretches: dict[int, _Stretch] = {}
    last: dict[int, Noted] = {}
    start = now - length * number
    for after in noted:
        before = last.get(after.owner)
        last[after.owner] = after
        if before is None or not _goes_on(before, after):
            continue
        index = min(int((after.at - start) / length), number - 1)
        stretches.setdefault(index, _Stretch()).add(before, after)
    return [stretches[index].point() if index in stretches else Point() for index in range(number)]


def _goes_on(before: Noted, after: Noted) -> bool:
    """False over a restart, after which counters begin anew, and over a change of the buckets."""
    grown = after.updates >= before.updates and after.notifies >= before.notifies
    return after.at > before.at and grown and len(after.delays) == len(before.delays)

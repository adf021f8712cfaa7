"""What is looked at again and again over a long time, and whether it grew: slopes count, not values."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Mapping

Point = tuple[float, float]
"""Seconds and value."""
# What may be added over the whole time: a share of the usual value, and as much on top.
ROOM = {
    "kB": (0.05, 6_000.0),
    "files": (0.0, 4.0),
    "bytes": (0.2, 16e6),
    "rows": (0.1, 50.0),
    "dead": (0.5, 5000.0),
    "seconds": (0.0, 30.0),
}
CYCLE = 90.0
"""Seconds within which autovacuum comes (it looks every minute); what it takes away counts by its peaks."""
BEGINNING = 3
"""The first of so many parts is left out: caches fill."""


class Samples:
    """The last word of a name is its unit. Units without ROOM may grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._points: dict[str, list[Point]] = {}

    def add(self, values: Mapping[str, float]) -> None:
        now = self._clock()
        for name, value in values.items():
            self._points.setdefault(name, []).append((now, value))

    def values(self, name: str) -> list[float]:
        """Without the beginning."""
        return [value for _, value in _later(self._points[name])]

    def gained(self, name: str) -> float:
        """Since the beginning."""
        values = self.values(name)
        return values[-1] - values[0]

    def names(self, unit: str) -> list[str]:
        """What they are of."""
        return [name.removesuffix(f" {unit}") for name in self._points if name.split()[-1] == unit]

    def growing(self) -> list[str]:
        """What grew more than its unit has room for."""
        wrong = []
        for name, points in self._points.items():
            share, more = ROOM.get(name.split()[-1], (0.0, float("inf")))
            usual, growth = statistics.median(self.values(name)), _growth(name, points)
            if growth > share * usual + more:
                wrong.append(f"{name} grew by {growth:.0f}, usually {usual:.0f}")
        return wrong

    def __str__(self) -> str:
        return "\n".join(self._line(name) for name in sorted(self._points))

    def _line(self, name: str) -> str:
        values = self.values(name)
        figures = f"median {statistics.median(values):.0f}, most {max(values):.0f}"
        return f"{name}: {figures}, growth {_growth(name, self._points[name]):+.0f}"


def _growth(name: str, points: list[Point]) -> float:
    """The median slope between any two points after the beginning (Theil and Sen), times the whole time.

    What comes and goes, such as garbage before it is collected, has no weight in it.
    """
    pairs = itertools.combinations(_later(_peaks(points) if name.endswith("dead") else points), 2)
    slopes = [(value - before) / (at - since) for (since, before), (at, value) in pairs]
    return statistics.median(slopes) * (points[-1][0] - points[0][0]) if slopes else 0.0


def _peaks(points: list[Point]) -> list[Point]:
    """The most within a CYCLE, at its end."""
    ends = [end for end, _ in points if end >= points[0][0] + CYCLE]
    return [(end, max(value for at, value in points if end - CYCLE <= at <= end)) for end in ends]


def _later(points: list[Point]) -> list[Point]:
    return points[len(points) // BEGINNING :]

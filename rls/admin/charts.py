"""The last hour as curves: SVG made by the server, so that the page needs no program for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rls.domain.rates import Point
from rls.history import last_hour

WIDTH, HEIGHT = 240, 48
"""Units of the drawing; the page stretches it."""


class Curve(NamedTuple):
    """`path` is the `d` of an SVG path; `now` the newest value in words."""

    name: str
    tone: str
    path: str
    now: str


class Chart(NamedTuple):
    """`top` is what the upper edge stands for, in words."""

    title: str
    curves: list[Curve]
    top: str


Values = Sequence[float | None]


def charts() -> list[Chart]:
    history = last_hour()
    return [
        _chart("Updates and NOTIFYs per second", history, rate, ("updates", "one"), ("notifies", "two")),
        _chart("Delay from change to NOTIFY", history, duration, ("p50", "one"), ("p99", "two")),
        _chart("Lag of ticks", history, duration, ("lag", "one")),
        _chart("Failures per second", history, rate, ("failures", "bad")),
    ]


def rate(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"


def duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _chart(
    title: str, history: Sequence[Point], words: Callable[[float], str], *series: tuple[str, str]
) -> Chart:
    values = {name: [getattr(point, name) for point in history] for name, _ in series}
    known = [value for row in values.values() for value in row if value is not None]
    top = max(known, default=0.0)
    curves = [
        Curve(name, tone, _path(values[name], top), _newest(values[name], words)) for name, tone in series
    ]
    return Chart(title, curves, words(top) if top else "")


def _newest(values: Values, words: Callable[[float], str]) -> str:
    known = [value for value in values[-3:] if value is not None]
    return words(known[-1]) if known else "–"


def _path(values: Values, top: float) -> str:
    """A line through what is known; where nothing is known there is a gap."""
    step = WIDTH / max(len(values) - 1, 1)
    pieces, pen_down = [], False
    for index, value in enumerate(values):
        if value is not None:
            height = HEIGHT - 1 - (value / top * (HEIGHT - 2) if top else 0)
            pieces.append(f"{'L' if pen_down else 'M'}{index * step:.1f} {height:.1f}")
        pen_down = value is not None
    return "".join(pieces)

"""Medians, their spread and ratios, as a table in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from bench.measures import MEASURES, Figures, Measure

OURS, DURABLE, MEMORY = "ours", "kamailio-durable", "kamailio-memory"
HEAD = (
    "| | ours | Kamailio, durable | ratio | Kamailio, in memory | ratio | at least |\n"
    "|---|---|---|---|---|---|---|\n"
)
Rounds = Mapping[str, Sequence[Figures]]
"""Figures of each round by server."""


def table(rounds: Rounds) -> str:
    """One size of lists. A bound that is missed is marked with a cross."""
    return HEAD + "".join(_row(measure, rounds) for measure in MEASURES if values(rounds, OURS, measure.key))


def values(rounds: Rounds, server: str, key: str) -> list[float]:
    return [figures[key] for figures in rounds.get(server, ()) if key in figures]


def ratio(rounds: Rounds, peer: str, key: str) -> float | None:
    """Ours to the peer's, of the medians; None if one of them has no figure, or nothing to divide by."""
    ours, theirs = values(rounds, OURS, key), values(rounds, peer, key)
    if not ours or not theirs or not median(theirs):
        return None
    return median(ours) / median(theirs)


def holds(measure: Measure, found: float, bound: float) -> bool:
    return found >= bound if measure.more else found <= bound


def _row(measure: Measure, rounds: Rounds) -> str:
    cells = [
        f"{measure.label}{', ' if measure.unit else ''}{measure.unit}",
        spread(values(rounds, OURS, measure.key)),
    ]
    for peer, bound in zip((DURABLE, MEMORY), measure.at_least, strict=True):
        found = ratio(rounds, peer, measure.key)
        cells += [spread(values(rounds, peer, measure.key)), _ratio(measure, found, bound)]
    bounds = " / ".join("-" if bound is None else f"{bound:.2g}" for bound in measure.at_least)
    cells.append("" if measure.at_least == (None, None) else bounds)
    return f"| {' | '.join(cells)} |\n"


def spread(found: Sequence[float]) -> str:
    """The median, and between what of several."""
    if not found:
        return "-"
    middle = number(median(found))
    return middle if len(found) == 1 else f"{middle} ({number(min(found))}-{number(max(found))})"


def _ratio(measure: Measure, found: float | None, bound: float | None) -> str:
    if found is None:
        return "-"
    cross = "" if bound is None or holds(measure, found, bound) else " ✗"
    return f"{found:.2f}{cross}"


def number(value: float) -> str:
    """Three digits that say something."""
    if value == 0 or value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"

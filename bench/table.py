"""Medians, their spread and ratios, as a table in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from bench.measures import MEASURES, Figures, Measure

OURS = {"ours": "ours", "ours-2": "ours, two SIP workers"}
DURABLE, MEMORY = "kamailio-durable", "kamailio-memory"
Rounds = Mapping[str, Sequence[Figures]]
"""Figures of each round by server."""


def table(rounds: Rounds) -> str:
    """One size of lists. A bound that is missed is marked with a cross; a ratio for each of ours."""
    ours = [server for server in OURS if server in rounds]
    head = ["", *(OURS[server] for server in ours)]
    head += ["Kamailio, durable", "ratio", "Kamailio, in memory", "ratio", "bound"]
    rows = [
        _row(measure, rounds, ours)
        for measure in MEASURES
        if any(values(rounds, server, measure.key) for server in ours)
    ]
    return f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n{''.join(rows)}"


def values(rounds: Rounds, server: str, key: str) -> list[float]:
    return [figures[key] for figures in rounds.get(server, ()) if key in figures]


def ratio(rounds: Rounds, server: str, peer: str, key: str) -> float | None:
    """The server's to the peer's, of the medians; None if one has no figure, or nothing to divide by."""
    ours, theirs = values(rounds, server, key), values(rounds, peer, key)
    if not ours or not theirs or not median(theirs):
        return None
    return median(ours) / median(theirs)


def holds(measure: Measure, found: float, bound: float) -> bool:
    return found >= bound if measure.more else found <= bound


def _row(measure: Measure, rounds: Rounds, ours: Sequence[str]) -> str:
    cells = [f"{measure.label}{', ' if measure.unit else ''}{measure.unit}"]
    cells += [_own(measure, values(rounds, server, measure.key)) for server in ours]
    for peer, bound in zip((DURABLE, MEMORY), measure.at_least, strict=True):
        found = [ratio(rounds, server, peer, measure.key) for server in ours]
        cells += [spread(values(rounds, peer, measure.key)), _ratios(measure, found, bound)]
    cells.append(_bound(measure))
    return f"| {' | '.join(cells)} |\n"


def _own(measure: Measure, found: Sequence[float]) -> str:
    missed = measure.at_most is not None and found and median(found) > measure.at_most
    return spread(found) + (" ✗" if missed else "")


def _bound(measure: Measure) -> str:
    """Of the ratios, or of the figure itself."""
    if measure.at_most is not None:
        return f"at most {number(measure.at_most)}"
    if measure.at_least == (None, None):
        return ""
    ratios = " / ".join("-" if bound is None else f"{bound:.2g}" for bound in measure.at_least)
    return f"{'at least' if measure.more else 'at most'} {ratios}"


def spread(found: Sequence[float]) -> str:
    """The median, and between what of several."""
    if not found:
        return "-"
    middle = number(median(found))
    return middle if len(found) == 1 else f"{middle} ({number(min(found))}-{number(max(found))})"


def _ratios(measure: Measure, found: Sequence[float | None], bound: float | None) -> str:
    """One dash for all that is not known."""
    if all(each is None for each in found):
        return "-"
    return " / ".join(_ratio(measure, each, bound) for each in found)


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

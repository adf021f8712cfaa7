"""The picture of `python -m bench growth`: four small charts, readable on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.growth_table import Grown

INK, BLUE, GREEN, ORANGE = "#7d8590", "#3b6fd4", "#2f8f4e", "#c4680d"
Line = tuple[str, str, Callable[[Grown], float]]
RATES: tuple[Line, ...] = (
    ("updates accepted /s", BLUE, lambda each: each.accepted),
    ("back ends set up /s", GREEN, lambda each: each.set_up),
)
MEMORY: tuple[Line, ...] = (
    ("SIP worker", BLUE, lambda each: each.worker),
    ("database", GREEN, lambda each: each.database),
)


def draw(by_lists: Sequence[Grown], by_entries: Sequence[Grown], path: Path) -> None:
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "growth", "font.size": 9})
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    (rate, entries), (memory, cost) = figure.subplots(2, 2)
    _lines(rate, by_lists, lambda each: each.lists, RATES)
    _dress(rate, "Lists of 10 entries, a watcher each", "lists", "per second")
    _lines(entries, by_entries, lambda each: each.entries, RATES)
    _dress(entries, "500 lists", "entries per list", "per second")
    _lines(memory, by_lists, lambda each: each.back_ends, MEMORY)
    _dress(memory, "Memory after set-up", "back-end subscriptions", "MB")
    _costs(cost, by_lists)
    _dress(cost, "CPU of all processes, 2000 lists of 10", "updates per second", "seconds per 1000 updates")
    figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})


def _lines(axes: Axes, grown: Sequence[Grown], along: Callable[[Grown], int], lines: Sequence[Line]) -> None:
    for label, colour, value in lines:
        axes.plot(
            [along(each) for each in grown], [value(each) for each in grown], "o-", color=colour, label=label
        )


def _costs(axes: Axes, grown: Sequence[Grown]) -> None:
    [by_rate] = [each.by_rate for each in grown if each.by_rate]
    axes.plot(list(by_rate), list(by_rate.values()), "o-", color=ORANGE, label="CPU")


def _dress(axes: Axes, title: str, along: str, up: str) -> None:
    axes.set_title(title, color=INK)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel(along, color=INK)
    axes.set_ylabel(up, color=INK)
    axes.xaxis.set_major_formatter(lambda value, position: f"{value:,.0f}".replace(",", " "))
    axes.tick_params(colors=INK, which="both")
    axes.grid(visible=True, color=INK, alpha=0.25, linewidth=0.6)
    for spine in axes.spines.values():
        spine.set_color(INK)
    if len(axes.lines) > 1:
        axes.legend(frameon=False, labelcolor=INK)

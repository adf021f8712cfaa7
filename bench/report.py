"""The results of `compare` as tables."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench.compare import read
from bench.table import OURS, Rounds, number, table, values


def tables(results: Path) -> str:
    """One table for each size, and where our CPU time goes."""
    found = read(results)
    parts = [f"### {size} (lists x entries)\n\n{table(rounds)}" for size, rounds in found.items()]
    return "\n".join([*parts, split(found)])


def split(found: dict[str, Rounds] | dict[str, dict[str, list[dict[str, float]]]]) -> str:
    """CPU seconds per 1000 updates at full load, process by process, of all servers."""
    lines = []
    for size, rounds in found.items():
        for server, figures in rounds.items():
            names = sorted({key for each in figures for key in each if key.startswith("cpu_full_")})
            costs = [
                f"{name.removeprefix('cpu_full_')} {number(median(values(rounds, server, name)))}"
                for name in names
            ]
            if costs:
                lines.append(f"| {size} | {OURS.get(server, server)} | {', '.join(costs)} |\n")
    return "### CPU seconds per 1000 updates at full load, by process\n\n| | | |\n|---|---|---|\n" + "".join(
        lines
    )

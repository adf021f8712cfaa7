"""CPU time of a process with all that it has started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def seconds(pid: int) -> float:
    """Of the process, its living descendants, and those that have ended. 0 if there is no such process."""
    table = dict(_processes())
    ticks = sum(table[member][1] for member in _family(pid, table) if member in table)
    return ticks / os.sysconf("SC_CLK_TCK")


def used(pids: Mapping[str, int]) -> dict[str, float]:
    return {name: seconds(pid) for name, pid in pids.items()}


def family(pid: int) -> set[int]:
    """The process and its living descendants."""
    return _family(pid, dict(_processes()))


def _family(pid: int, table: Mapping[int, tuple[int, int]]) -> set[int]:
    family, found = {pid}, 0
    while len(family) > found:
        found = len(family)
        family |= {child for child, (parent, _) in table.items() if parent in family}
    return family


def _processes() -> list[tuple[int, tuple[int, int]]]:
    """Number, parent and clock ticks of every process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        fields = text.rpartition(")")[2].split()
        found.append((int(path.parent.name), (int(fields[1]), sum(map(int, fields[11:15])))))
    return found

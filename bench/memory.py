"""Memory of a process with all that it has started."""

from __future__ import annotations

from pathlib import Path

from bench.cpu import family


def megabytes(pid: int) -> float:
    """Proportional set size: what processes share is counted once."""
    return sum(map(_kilobytes, family(pid))) / 1024


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # ended meanwhile
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)

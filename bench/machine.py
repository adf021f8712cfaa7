"""What machine it is, and whether it is quiet."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

QUIET = 0.35
"""Busy cores below which a measurement may begin."""


def describe() -> str:
    model = next(
        (line.partition(":")[2].strip() for line in _read("/proc/cpuinfo") if line.startswith("model name")),
        "?",
    )
    kilobytes = next(int(line.split()[1]) for line in _read("/proc/meminfo") if line.startswith("MemTotal"))
    return (
        f"{os.cpu_count()} x {model}, {kilobytes / 1024**2:.0f} GB, Linux {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def wait_until_quiet(limit: float = 30.0) -> float:
    """Waits for a quiet machine, `limit` seconds at most; returns how many cores were busy."""
    end = time.monotonic() + limit
    while True:
        before = _busy()
        time.sleep(1)
        busy = _busy() - before
        if busy < QUIET or time.monotonic() > end:
            return busy


def _busy() -> float:
    """CPU seconds since boot that were not idle."""
    ticks = list(map(int, _read("/proc/stat")[0].split()[1:9]))
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def _read(path: str) -> list[str]:
    return Path(path).read_text().splitlines()

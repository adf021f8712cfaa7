"""A process and all that it started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.live.rig.memory import read


def family(pid: int) -> Iterator[int]:
    """Those that end meanwhile may be left out."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in read(children).split():
            yield from family(int(child))

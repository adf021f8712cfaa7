"""What processes take of the memory."""

from __future__ import annotations

from pathlib import Path


def own_memory(pid: int) -> float:
    """In kB, without what is shared, as the buffers of PostgreSQL are; 0 if the process has just ended."""
    rows = read(Path(f"/proc/{pid}/status")).splitlines()
    return sum(float(row.split()[1]) for row in rows if row.startswith("RssAnon:"))


def read(path: Path) -> str:
    """Of /proc; empty if the process has just ended."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""

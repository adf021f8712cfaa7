"""One supervisor at a time below one folder."""

from __future__ import annotations

import fcntl
from io import TextIOWrapper
from pathlib import Path


def lock(file: Path) -> TextIOWrapper | None:
    """The open file, which holds the lock as long as it is open; None if another process has it."""
    handle = file.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle

"""rlsload: built when it is needed, run, its JSON read."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "rlsload" / "rlsload.c"
SIP_PORT, WATCHER_PORT, PRESENCE_PORT, WEB_PORT = 25060, 25070, 25080, 25090
LIMIT = 600.0
"""Seconds after which a run has failed."""


class RunFailed(Exception):
    """rlsload could not be built, or gave no result."""


def build(folder: Path) -> Path:
    """The program, compiled unless it is newer than its source. Raises RunFailed."""
    program = folder / "rlsload"
    if not program.exists() or program.stat().st_mtime < SOURCE.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f"rlsload.{os.getpid()}"  # nobody runs, or overwrites, half of it
        try:
            done = subprocess.run(
                ["cc", "-O2", "-o", made, SOURCE], capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise RunFailed("a C compiler is needed: sudo apt install gcc libc6-dev") from None
        if done.returncode:
            raise RunFailed(f"rlsload does not compile:\n{done.stderr}")
        made.replace(program)
    return program


def run(
    program: Path,
    mode: str,
    lists: int,
    entries: int,
    *options: str,
    groups: Mapping[str, int] | None = None,
    hook: str = "",
    heard: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """What rlsload measured. `groups`: process ids whose CPU and memory are to be counted.

    `heard`: called with each line of its progress, in another thread.

    Raises RunFailed if there is no result; lists that are not complete are part of one.
    """
    command: Sequence[str] = [
        str(program), mode, "--lists", str(lists), "--entries", str(entries), *options,
        *(word for name, pid in (groups or {}).items() for word in ("--group", f"{name}:{pid}")),
        *(("--hook", hook) if hook else ()),
    ]  # fmt: skip
    reading, writing = os.pipe()
    progress = Progress(reading, heard)
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=writing, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        raise RunFailed(f"no result after {LIMIT:.0f} s: {' '.join(command)}") from None
    finally:
        os.close(writing)
        progress.join()  # only then all that was said is there
    try:
        result: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise RunFailed(f"rlsload said: {(done.stdout + progress.text)[-2000:]}") from None
    return result


class Progress(threading.Thread):
    """Reads what rlsload says meanwhile."""

    def __init__(self, reading: int, heard: Callable[[str], None]) -> None:
        super().__init__(daemon=True)
        self._reading = reading
        self._heard = heard
        self.text = ""
        self.start()

    def run(self) -> None:
        with os.fdopen(self._reading) as lines:
            for line in lines:
                self.text += line
                self._heard(line.rstrip())

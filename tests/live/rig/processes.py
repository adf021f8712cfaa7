"""Processes of the server under test: started, seen to be ready, stopped or killed by their pid."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.live.rig.database import PROJECT
from tests.live.rig.waiting import LIMIT

START_LIMIT = 120.0
"""Seconds for a process to come up on a machine that is busy with other tests."""


class Process:
    """One process; its output is in `log`, which goes on over restarts. `stdin` is a file descriptor.

    `project`: the folder of the version that runs from the next start on.
    """

    project = PROJECT

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: Path, stdin: int | None = None
    ) -> None:
        self._command = command
        self._environment = environment
        self._running: subprocess.Popen[bytes] | None = None
        self._started_at = 0
        self.log = log
        self._stdin = stdin

    def twin(self, log: Path) -> Process:
        """Another process with the same command."""
        return Process(self._command, self._environment, log)

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    @property
    def lives(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def start(self, **settings: str) -> None:
        """Start it, with settings that differ this time."""
        assert not self.lives
        self._started_at = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command,
                cwd=self.project,
                env={**self._environment, **settings},
                stdin=self._stdin,
                stdout=log,
                stderr=log,
            )

    def output(self) -> str:
        """What it said since its last start."""
        return self.log.read_bytes()[self._started_at :].decode(errors="replace")

    def wait_until(self, ready: Callable[[], object], limit: float = START_LIMIT) -> None:
        end = time.monotonic() + limit
        while not ready():
            assert self.lives and time.monotonic() < end, self.output()[-4000:]
            time.sleep(0.02)

    def ask_to_stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._running is not None and self.lives:
            self._running.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it; the exit status."""
        if self._running is None:
            return 0
        self.ask_to_stop(number)
        try:
            return self._running.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
            raise AssertionError(f"did not stop:\n{self.output()[-4000:]}") from None

"""One supervised process: its log, its restarts, its end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from rlsproject.embedded.server import tail, tied_to_us

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY = 60.0  # s; after so long a run a death is a new problem, not the old one again
LOG_LIMIT = 10_000_000


class Process:
    """A command that is to run all the time; restarted after a pause that grows."""

    def __init__(self, name: str, command: Sequence[str], logs: Path) -> None:
        self.name = name
        self.command = command
        self.log = logs / f"{name}.log"
        self._running: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._restart_at = 0.0
        self._pause = FIRST_PAUSE
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running else None

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.rename(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            # Its own session: Ctrl-C in the terminal reaches the supervisor only.
            self._running = subprocess.Popen(
                [*tied_to_us(signal.SIGTERM), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started = time.monotonic()

    def watch(self) -> str | None:
        """Restart it if its pause is over; returns what to tell the user if it just died."""
        if self._running is None:
            if time.monotonic() >= self._restart_at:
                self.start()
            return None
        code = self._running.poll()
        if code is None:
            return None
        return self._died(code)

    def _died(self, code: int) -> str:
        self._running = None
        if time.monotonic() - self._started > STEADY:
            self._pause = FIRST_PAUSE
        self._restart_at = time.monotonic() + self._pause
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        report = f"{self.name} ended {how}; the end of {self.log}:\n{tail(self.log, self._log_start)}\n"
        report += f"It starts again in {self._pause:.0f} s."
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        return report

    def ask_to_stop(self) -> None:
        if self._running:
            self._running.terminate()

    def wait(self, limit: float) -> None:
        """Until it has ended; after `limit` (monotonic time) it is killed."""
        if self._running is None:
            return
        try:
            self._running.wait(max(limit - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running = None

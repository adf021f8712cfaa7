"""A server process that lives as long as the process that started it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

START_LIMIT = 30.0
STOP_LIMIT = 20.0
TAIL = 15


class ServerFailed(Exception):
    """An embedded server is missing or did not start; the text says what to do."""


class Server:
    """One embedded server: `start`, `stop`, and `process` while it runs."""

    name = "server"
    stop_signal = signal.SIGTERM
    prefix: tuple[str, ...] = ()

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> Sequence[str]:
        """What to run; called after `prepare`."""
        raise NotImplementedError

    def prepare(self) -> None:
        """What has to be there before the process starts."""

    def ready(self) -> bool:
        """Whether the server takes connections."""
        raise NotImplementedError

    def start(self) -> None:
        """Start and wait until the server answers. Raises ServerFailed with the end of its log."""
        self.prepare()
        with self.log.open("ab") as log:
            start = log.tell()
            # Its own session: Ctrl-C in the terminal is for the supervisor, which stops servers last.
            self.process = subprocess.Popen(
                [*self.prefix, *tied_to_us(self.stop_signal), *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready(self.process, start)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log_start: int) -> None:
        limit = time.monotonic() + START_LIMIT
        while not self.ready():
            if process.poll() is not None or time.monotonic() > limit:
                self.stop()
                raise ServerFailed(f"{self.name} did not start:\n{tail(self.log, log_start)}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def tied_to_us(stop_signal: signal.Signals) -> list[str]:
    """Command prefix: the kernel stops the process should we die without doing so."""
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={stop_signal.name.removeprefix('SIG')}"] if setpriv else []


def tail(log: Path, start: int = 0) -> str:
    """The last lines of a log file, of what was written after the first `start` bytes."""
    with log.open("rb") as file:
        file.seek(start)
        return "\n".join(file.read().decode(errors="replace").splitlines()[-TAIL:])

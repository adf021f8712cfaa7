"""Keeps processes running, and stops all of them when it ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from rlsproject.embedded import Server
from rlsproject.run.process import Process

PATIENCE = 10.0  # s that processes have to finish what they do
ROUND = 0.25


class Supervisor:
    """A context: whatever was started in it is stopped on leaving, in the opposite order."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.servers: list[Server] = []
        self.processes: list[Process] = []

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A second Ctrl-C must not leave half of it running; patience is limited anyway.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if self.processes:
            self.say("\nStopping …")
        self._stop_processes()
        for server in reversed(self.servers):
            server.stop()

    def start_server(self, server: Server) -> None:
        self.servers.append(server)
        server.start()

    def start_process(self, process: Process) -> None:
        self.processes.append(process)
        process.start()

    def watch_for_ever(self) -> None:
        while True:
            self.watch()
            time.sleep(ROUND)

    def watch(self) -> None:
        """Restart what has died and say so."""
        for server in self.servers:
            self._revive(server)
        for process in self.processes:
            if report := process.watch():
                self.say(f"\n{report}")

    def _revive(self, server: Server) -> None:
        if server.process is None or server.process.poll() is None:
            return
        self.say(f"\n{server.name} ended; it starts again (log: {server.log}).")
        server.start()

    def _stop_processes(self) -> None:
        for process in reversed(self.processes):
            process.ask_to_stop()
        limit = time.monotonic() + PATIENCE
        for process in self.processes:
            process.wait(limit)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

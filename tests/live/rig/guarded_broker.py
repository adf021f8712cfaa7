"""A broker by TCP that asks for a password."""

from __future__ import annotations

import socket
from pathlib import Path

from rlsproject.embedded import Places, Valkey
from tests.live.rig.ports import free_port


class GuardedBroker(Valkey):
    """At `url`, password included."""

    def __init__(self, folder: Path, password: str) -> None:
        super().__init__(Places(folder))
        self._port = free_port()
        self._password = password
        self.url = f"redis://:{password}@127.0.0.1:{self._port}/0"

    def command(self) -> list[str]:
        wanted = ("--port", str(self._port), "--bind", "127.0.0.1", "--requirepass", self._password)
        return [*super().command(), *wanted]

    def ready(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self._port)) == 0

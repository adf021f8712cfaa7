"""The embedded broker: Valkey, reachable through a socket file only."""

from __future__ import annotations

import socket

from rlsproject.embedded.binaries import valkey_server
from rlsproject.embedded.places import Places
from rlsproject.embedded.server import Server


class Valkey(Server):
    """Keeps nothing on disk: what it carries (ticks) is worthless after a restart."""

    name = "Valkey"

    def __init__(self, places: Places) -> None:
        super().__init__(places.logs / "valkey.log")
        self.places = places

    def command(self) -> list[str]:
        return [
            str(valkey_server()),
            *("--port", "0"),
            *("--unixsocket", str(self.places.valkey_socket)),
            *("--unixsocketperm", "700"),
            *("--save", ""),
            *("--dir", str(self.places.sockets)),
        ]

    def prepare(self) -> None:
        self.places.create()

    def ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.places.valkey_socket)) == 0

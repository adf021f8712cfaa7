"""A peer that listens for stream connections: a presence server by TCP or TLS, for instance."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress

from tests.live.rig.message import Address, Message
from tests.live.rig.secure import names_shown
from tests.live.rig.wire import Link, Receive, family_of, read_messages


class StreamServerWire:
    """Answers go back by the connection of what came from that address. `accepted` counts connections,
    `shown` are the names in the certificates of clients that were asked for one.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.transport = "TLS" if context else "TCP"
        self.accepted = 0
        self.shown: list[str] = []
        self._context = context
        self._listener = socket.create_server((host, port), family=family_of(host))
        self.local: Address = self._listener.getsockname()[:2]
        self._connections: dict[Address, Link] = {}
        self._threads: list[threading.Thread] = []

    def start(self, receive: Receive) -> None:
        self._spawn(self._accept, receive)

    def _spawn(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        thread.start()
        self._threads.append(thread)

    def _accept(self, receive: Receive) -> None:
        with suppress(OSError):
            while True:
                plain, source = self._listener.accept()
                self._spawn(self._serve, plain, source[:2], receive)

    def _serve(self, plain: socket.socket, source: Address, receive: Receive) -> None:
        try:
            link = Link(self._secured(plain, self._context) if self._context else plain)
        except OSError:  # one did not like the certificate of the other
            plain.close()
            return
        self.accepted += 1
        self._connections[source] = link
        read_messages(link.read, lambda data: receive(Message(data, time.monotonic(), source)))
        link.close()

    def _secured(self, plain: socket.socket, context: ssl.SSLContext) -> socket.socket:
        secured = context.wrap_socket(plain, server_side=True)
        self.shown += names_shown(secured)
        return secured

    def send(self, data: bytes, to: Address) -> None:
        self._connections[to].send(data)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in list(self._connections.values()):
            link.shut_down()
        for thread in self._threads:
            thread.join()

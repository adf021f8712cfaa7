"""How many connections one source may have open: each costs a file descriptor, which the others need, too."""

from __future__ import annotations

import logging
import socket
from collections import Counter
from collections.abc import Callable

from sipworker.sip.flow import Address

log = logging.getLogger("rls.transport")


class Crowds:
    """Counts the connections that were accepted, by source address, for all listeners together.

    `most(source)`: how many it may have open, 0: any number.
    """

    def __init__(self, most: Callable[[str], int] = lambda source: 0) -> None:
        self._most = most
        self._open: Counter[str] = Counter()
        self._refused: set[str] = set()

    def admits(self, source: str) -> bool:
        """Whether it may have one more. A crowd is told of once, until half of it has gone."""
        most = self._most(source)
        if not most or self._open[source] < most:
            return True
        if source not in self._refused:
            self._refused.add(source)
            log.warning("too many connections, more are refused", extra={"source": source, "open": most})
        return False

    def came(self, source: str) -> None:
        self._open[source] += 1

    def left(self, source: str) -> None:
        self._open[source] -= 1
        if source in self._refused and self._open[source] <= self._most(source) // 2:
            self._refused.discard(source)
        if not self._open[source]:
            del self._open[source]


class Entrance(socket.socket):
    """A listening socket at which a crowd is turned away before it costs anything, such as TLS handshakes."""

    def __init__(self, address: Address, crowds: Crowds) -> None:
        super().__init__(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM)
        self._crowds = crowds
        try:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if self.family == socket.AF_INET6:
                self.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self.bind(address)
        except OSError:
            self.close()
            raise

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """Raises ConnectionAbortedError, which asyncio takes as a client that has gone again."""
        connection, address = super().accept()
        source: str = address[0]
        if not self._crowds.admits(source):
            connection.close()
            raise ConnectionAbortedError
        return _Guest(connection, source, self._crowds), address


class _Guest(socket.socket):
    """It is counted until it is closed, however far it came."""

    def __init__(self, connection: socket.socket, source: str, crowds: Crowds) -> None:
        super().__init__(connection.family, connection.type, connection.proto, connection.detach())
        self._source, self._crowds = source, crowds
        crowds.came(source)

    def close(self) -> None:
        if self.fileno() >= 0:
            self._crowds.left(self._source)
        super().close()

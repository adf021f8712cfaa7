"""Peers that vanish without a good-bye: phones without power, NATs that forget (RFC 9293 section 3.8.4)."""

from __future__ import annotations

import socket
from asyncio.trsock import TransportSocket

IDLE = 60
"""Seconds of silence after which the peer's TCP is asked whether it is there."""
PATIENCE = 32
"""Seconds without a word of the peer's TCP that end the connection: no less than Timer F."""
_TCP = {"TCP_KEEPIDLE": IDLE, "TCP_KEEPINTVL": 8, "TCP_USER_TIMEOUT": 1000 * PATIENCE}
"""Those of Linux; other systems have some of them."""


def notice_vanishing(connection: TransportSocket) -> None:
    """Else a connection to nobody is kept for good."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _TCP.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

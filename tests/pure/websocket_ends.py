"""Both sides of a WebSocket connection of the SIP worker, without sockets."""

from __future__ import annotations

import asyncio
import socket
from asyncio.trsock import TransportSocket

from sipworker.sip.flow import Address
from sipworker.transport.connection import Connection
from sipworker.transport.udp import Receive

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: sip\r\n\r\n"
)
_SOCKET = socket.socket()  # for its options only


class Listener:
    """Keeps the messages that came."""

    transport = "ws"
    local: Address = ("192.0.2.1", 80)

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.receive: Receive = lambda message, flow: self.received.append(message)

    def opened(self, connection: Connection) -> bool:
        return True

    def lost(self, connection: Connection) -> None: ...


class Wire(asyncio.Transport):
    """Takes all that is written until it is closed."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.2", 5), "socket": TransportSocket(_SOCKET)})
        self.written = b""
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.is_closed:
            self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.is_closed = True

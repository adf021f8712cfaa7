"""A WebSocket of the SIP worker without sockets: any bytes come in, messages and answers come out."""

from __future__ import annotations

import asyncio
import logging
import socket
from asyncio.trsock import TransportSocket

from sipworker.sip.flow import Address
from sipworker.sip.parse import MAX_FRAME
from sipworker.transport.connection import Connection
from sipworker.transport.udp import Receive
from sipworker.transport.websocket import WebSocketConnection

logging.getLogger("websockets").setLevel(logging.ERROR)

_SOCKET = socket.socket()  # for its options only


class _Wire(asyncio.Transport):
    """Takes all that is written until it is closed."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 5060), "socket": TransportSocket(_SOCKET)})
        self.written = bytearray()
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.closed:
            self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.closed = True

    abort = close


class _Messages:
    """The listener: keeps what came."""

    transport = "ws"
    local: Address = ("192.0.2.2", 5060)

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.receive: Receive = lambda data, flow: self.received.append(data)

    def opened(self, connection: Connection) -> bool:
        return True

    def lost(self, connection: Connection) -> None:
        pass


def _talk(data: bytes, size: int) -> tuple[list[bytes], bytes, bool]:
    """What came out and whether the server hung up, when data came in pieces of `size`."""
    messages, wire = _Messages(), _Wire()
    connection = WebSocketConnection(messages, 1)
    connection.connection_made(wire)
    for start in range(0, len(data), size):
        if wire.closed:
            break
        connection.data_received(data[start : start + size])
    said = messages.received, bytes(wire.written), wire.closed
    connection.send(b"SIP/2.0 200 OK\r\n\r\n")
    connection.keep_alive()
    connection.eof_received()
    connection.close()
    assert wire.closed
    return said


def websocket(data: bytes) -> None:
    """However a stream is cut into pieces, the same messages come out, none of them too long."""
    received, _, closed = _talk(data, max(len(data), 1))
    assert all(len(message) <= MAX_FRAME for message in received)
    in_pieces, _, closed_in_pieces = _talk(data, 1 + len(data) % 7)
    assert (in_pieces, closed_in_pieces) == (received, closed)

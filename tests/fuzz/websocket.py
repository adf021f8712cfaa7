"""A WebSocket of the SIP worker without sockets: any bytes come in, messages and answers come out."""

from __future__ import annotations

import logging

from sipworker.sip.parse import MAX_FRAME
from sipworker.transport.websocket import WebSocketConnection
from tests.pure.websocket_ends import Listener, Wire

logging.getLogger("websockets").setLevel(logging.ERROR)


def _talk(data: bytes, size: int) -> tuple[list[bytes], bool]:
    """What came out and whether the server hung up, when data came in pieces of `size`."""
    listener, wire = Listener(), Wire()
    connection = WebSocketConnection(listener, 1)
    connection.connection_made(wire)
    for start in range(0, len(data), size):
        if wire.is_closed:
            break
        connection.data_received(data[start : start + size])
    said = listener.received, wire.is_closed
    connection.send(b"SIP/2.0 200 OK\r\n\r\n")
    connection.keep_alive()
    connection.eof_received()
    connection.close()
    assert wire.is_closed
    return said


def websocket(data: bytes) -> None:
    """However a stream is cut into pieces, the same messages come out, none of them too long."""
    received, closed = _talk(data, max(len(data), 1))
    assert all(len(message) <= MAX_FRAME for message in received)
    in_pieces, closed_in_pieces = _talk(data, 1 + len(data) % 7)
    assert (in_pieces, closed_in_pieces) == (received, closed)

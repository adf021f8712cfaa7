"""Pings of a WebSocket connection, tick by tick, without a socket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sipworker.sip.flow import Address
from sipworker.transport.connection import Connection
from sipworker.transport.udp import Receive
from sipworker.transport.websocket import WebSocketConnection

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: sip\r\n\r\n"
)
PING, GOING_AWAY = b"\x89\x00", b"\x88\x02\x03\xe9"


class Listener:
    transport = "ws"
    local: Address = ("192.0.2.1", 80)

    def __init__(self) -> None:
        self.receive: Receive = lambda message, flow: None

    def opened(self, connection: Connection) -> bool:
        return True

    def lost(self, connection: Connection) -> None: ...


class Wire(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.2", 5)})
        self.written = b""
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def connection(wire: Wire) -> WebSocketConnection:
    connection = WebSocketConnection(Listener(), 1)
    connection.connection_made(wire)
    return connection


def test_a_handshake_outlives_a_tick(connection: WebSocketConnection, wire: Wire) -> None:
    connection.data_received(UPGRADE[:40])
    connection.keep_alive()
    connection.data_received(UPGRADE[40:])
    assert wire.written.startswith(b"HTTP/1.1 101 ")
    assert not wire.is_closed


def test_who_never_shakes_hands_is_let_go(connection: WebSocketConnection, wire: Wire) -> None:
    for _ in range(3):
        assert not wire.is_closed
        connection.keep_alive()
    assert wire.is_closed


def test_two_pings_without_a_word_are_the_end(connection: WebSocketConnection, wire: Wire) -> None:
    connection.data_received(UPGRADE)
    wire.written = b""
    for _ in range(3):
        assert not wire.is_closed
        connection.keep_alive()
    assert (wire.written, wire.is_closed) == (2 * PING + GOING_AWAY, True)


def test_ticks_of_the_handshake_do_not_count_as_pings(connection: WebSocketConnection, wire: Wire) -> None:
    connection.keep_alive()
    connection.keep_alive()
    connection.data_received(UPGRADE)
    connection.keep_alive()
    assert wire.written.endswith(PING)
    assert not wire.is_closed

"""Pings of a WebSocket connection, tick by tick, without a socket."""

from __future__ import annotations

import pytest

from sipworker.transport.websocket import WebSocketConnection
from tests.pure.websocket_ends import UPGRADE, Listener, Wire

PING, GOING_AWAY = b"\x89\x00", b"\x88\x02\x03\xe9"


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

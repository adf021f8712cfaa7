"""Sockets of the scripted peers: a thread receives, any thread sends."""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from tests.live.rig.message import Address, Message
from tests.live.rig.waiting import LIMIT

Receive = Callable[[Message], None]


class Wire(Protocol):
    """What carries a peer's messages. `transport` as Via says it."""

    transport: str
    local: Address

    def start(self, receive: Receive) -> None: ...
    def send(self, data: bytes, to: Address) -> None: ...
    def close(self) -> None: ...


_LENGTH = re.compile(rb"\r\nContent-Length:\s*(\d+)", re.IGNORECASE)


def family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def address_text(address: Address) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class UdpWire:
    """A UDP socket on `port` of `host`; 0 is any that is free."""

    transport = "UDP"

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._socket = socket.socket(family_of(host), socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self.local: Address = self._socket.getsockname()[:2]
        self._thread: threading.Thread | None = None

    def start(self, receive: Receive) -> None:
        self._thread = threading.Thread(target=self._run, args=(receive,), daemon=True)
        self._thread.start()

    def _run(self, receive: Receive) -> None:
        while True:
            data, source = self._socket.recvfrom(65535)
            if source[:2] == self.local and not data:
                return
            receive(Message(data, time.monotonic(), source[:2]))

    def send(self, data: bytes, to: Address) -> None:
        self._socket.sendto(data, to)

    def close(self) -> None:
        self._socket.sendto(b"", self.local)  # wakes the thread
        if self._thread is not None:
            self._thread.join()
        self._socket.close()


class TcpWire:
    """A TCP connection to `server`; everything goes and comes by it. `wrap` makes it TLS, for instance."""

    transport = "TCP"

    def __init__(
        self, server: Address, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain
    ) -> None:
        self._socket = wrap(socket.create_connection(server))
        self._link = Link(self._socket)
        self.local: Address = self._socket.getsockname()[:2]
        self._server = server
        self._thread: threading.Thread | None = None

    def start(self, receive: Receive) -> None:
        self._thread = threading.Thread(target=self._run, args=(receive,), daemon=True)
        self._thread.start()

    def _run(self, receive: Receive) -> None:
        read_messages(self._link.read, lambda data: receive(Message(data, time.monotonic(), self._server)))

    def send(self, data: bytes, to: Address) -> None:
        assert to == self._server
        self._link.send(data)

    def wait_for_end(self) -> None:
        """Until the server closes the connection."""
        assert self._thread is not None
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "the connection is still open"

    def close(self) -> None:
        self._link.shut_down()
        if self._thread is not None:
            self._thread.join()
        self._link.close()


class Link:
    """A connection that one thread reads and others write; OpenSSL does both in turns."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.setblocking(False)
        self._turn = threading.Lock()

    def read(self) -> bytes:
        """What has come, b"" at the end."""
        while True:
            if not (isinstance(self._connection, ssl.SSLSocket) and self._connection.pending()):
                select.select([self._connection], [], [])
            with self._turn:
                try:
                    return self._connection.recv(65535)
                except (ssl.SSLWantReadError, BlockingIOError):
                    continue
                except OSError:
                    return b""

    def send(self, data: bytes) -> None:
        with self._turn:
            self._connection.sendall(data)

    def shut_down(self) -> None:
        """The thread that reads sees the end."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()


def read_messages(read: Callable[[], bytes], receive: Callable[[bytes], None]) -> None:
    """Until `read` gives nothing."""
    buffer = b""
    while data := read():
        buffer = (buffer + data).lstrip(b"\r\n")  # answers to keep-alives
        while (size := _message_size(buffer)) and len(buffer) >= size:
            receive(buffer[:size])
            buffer = buffer[size:].lstrip(b"\r\n")


def _message_size(buffer: bytes) -> int:
    """Bytes of the first message, 0 while its headers are not complete."""
    head, end, _ = buffer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return len(head) + 4 + int(length[1]) if end and length else 0

"""Sockets of the scripted peers: a thread receives, any thread sends."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from tests.live.rig.message import Address, Message

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
        self.local: Address = self._socket.getsockname()[:2]
        self._server = server
        self._thread: threading.Thread | None = None

    def start(self, receive: Receive) -> None:
        self._thread = threading.Thread(target=self._run, args=(receive,), daemon=True)
        self._thread.start()

    def _run(self, receive: Receive) -> None:
        read_messages(self._read, lambda data: receive(Message(data, time.monotonic(), self._server)))

    def _read(self) -> bytes:
        with suppress(OSError):
            return self._socket.recv(65535)
        return b""

    def send(self, data: bytes, to: Address) -> None:
        assert to == self._server
        self._socket.sendall(data)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join()
        self._socket.close()


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


def free_port() -> int:
    """A port that is free for UDP and TCP, IPv4 and IPv6."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if all(_is_free(host, port, kind) for host in ("127.0.0.1", "::1") for kind in _KINDS):
            return port


_KINDS = (socket.SOCK_DGRAM, socket.SOCK_STREAM)


def _is_free(host: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(family_of(host), kind) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True

"""TCP: a listener, and connections that are reused in both directions (RFC 3261 section 18)."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque

from sipworker.sip.flow import Address, Flow
from sipworker.sip.framing import FramingError, KeepAlive, StreamFramer
from sipworker.transport.udp import Failed, Receive

CONNECT_TIMEOUT = 5.0
"""Seconds. A phone behind a NAT never answers; its NOTIFY must not wait for Timer F."""
MAX_BACKLOG = 4 * 1024 * 1024
"""Bytes that may wait for a peer that does not read."""


class Connection(asyncio.Protocol):
    """One stream connection: bytes in, whole messages out."""

    def __init__(self, listener: TcpListener, number: int, remote: Address | None = None) -> None:
        self._listener = listener
        self._framer = StreamFramer()
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[bytes] = deque()
        self.number = number
        self.remote: Address = remote or ("", 0)

    @property
    def flow(self) -> Flow:
        return Flow("tcp", self._listener.local, self.remote, self.number)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.remote = transport.get_extra_info("peername")[:2]
        self._listener.opened(self)
        while self._waiting:
            transport.write(self._waiting.popleft())

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._framer.feed(data):
                if isinstance(message, KeepAlive):
                    self.send(b"\r\n")  # RFC 5626 section 5.4
                else:
                    self._listener.receive(message, self.flow)
        except FramingError as error:
            # Where the next message starts is not known: answer this one if its head can be read.
            self._listener.receive(error.head, self.flow)
            self.close()

    def send(self, data: bytes) -> None:
        if self._transport is None:
            self._waiting.append(data)
        elif self._transport.get_write_buffer_size() > MAX_BACKLOG:
            self._transport.abort()
        else:
            self._transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._listener.lost(self)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class TcpListener:
    """A listening socket and all connections, accepted or opened, that belong to it."""

    transport = "tcp"

    def __init__(self, address: Address, receive: Receive, failed: Failed) -> None:
        self.local = address
        self.receive = receive
        self._failed = failed
        self._numbers = itertools.count(1)
        self._connections: dict[int, Connection] = {}
        self._by_remote: dict[Address, Connection] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self, next(self._numbers)), *self.local)
        self.local = self._server.sockets[0].getsockname()[:2]

    def opened(self, connection: Connection) -> None:
        self._connections[connection.number] = connection
        self._by_remote[connection.remote] = connection

    def lost(self, connection: Connection) -> None:
        self._connections.pop(connection.number, None)
        if self._by_remote.get(connection.remote) is connection:
            del self._by_remote[connection.remote]
        self._failed(connection.flow)

    def send(self, flow: Flow, data: bytes) -> None:
        """On the connection of the flow, else on any to its remote address, else on a new one."""
        connection = self._connections.get(flow.connection) or self._by_remote.get(flow.remote)
        if connection is None:
            connection = self._open(flow)
        connection.send(data)

    def _open(self, flow: Flow) -> Connection:
        connection = Connection(self, next(self._numbers), flow.remote)
        self._by_remote[flow.remote] = connection
        task = asyncio.get_running_loop().create_task(self._connect(connection, flow))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return connection

    async def _connect(self, connection: Connection, flow: Flow) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await loop.create_connection(lambda: connection, *flow.remote)
        except (OSError, TimeoutError):
            if self._by_remote.get(flow.remote) is connection:
                del self._by_remote[flow.remote]
            self._failed(flow)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._opening:
            task.cancel()
        for connection in list(self._connections.values()):
            connection.close()

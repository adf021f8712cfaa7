"""One connection of a stream transport, whatever is spoken on it: bytes in, whole messages out."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol

from sipworker.sip.flow import Address, Flow
from sipworker.sip.framing import FramingError, KeepAlive, StreamFramer
from sipworker.transport.identity import identities
from sipworker.transport.udp import Receive
from sipworker.transport.vanishing import notice_vanishing

log = logging.getLogger("rls.transport")

MAX_BACKLOG = 4 * 1024 * 1024
"""Bytes that may wait for a peer that does not read."""
LOOKS = 8
"""Looks at a connection that may find one message unfinished."""


class Owner(Protocol):
    """What a connection needs of its listener."""

    transport: str
    local: Address
    receive: Receive

    def opened(self, connection: Connection) -> bool: ...
    def lost(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """`name` is whom the other side has to be, "" for a connection that it opened.

    `flows` are those of the messages that went out here, to be told of a loss.
    """

    def __init__(self, owner: Owner, number: int, target: Flow | None = None) -> None:
        self._owner = owner
        self._waiting: deque[bytes] = deque()
        self._transport: asyncio.Transport | None = None
        self._is_ready = False
        self._looks = 0  # that found the present message unfinished
        self.number = number
        self.remote: Address = target.remote if target else ("", 0)
        self.name = target.name if target else ""
        self.identities: frozenset[str] = frozenset()
        self.flows: set[Flow] = set()

    @property
    def flow(self) -> Flow:
        return Flow(self._owner.transport, self._owner.local, self.remote, self.number)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        notice_vanishing(transport.get_extra_info("socket"))
        self.remote = transport.get_extra_info("peername")[:2]
        self.identities = identities(transport.get_extra_info("peercert"))
        if self._owner.opened(self):
            self.start()
        else:
            transport.abort()

    def start(self) -> None:
        """Messages may be exchanged from now on, unless a handshake has to come first."""
        self._ready()

    def _ready(self) -> None:
        self._is_ready = True
        while self._waiting:
            self.write(self.frame(self._waiting.popleft()))

    def send(self, message: bytes) -> None:
        """Now, or as soon as the connection is there."""
        if self._is_ready:
            self.write(self.frame(message))
        else:
            self._waiting.append(message)

    def write(self, data: bytes) -> None:
        assert self._transport is not None
        if self._transport.get_write_buffer_size() > MAX_BACKLOG:
            self._transport.abort()
        else:
            self._transport.write(data)

    def frame(self, message: bytes) -> bytes:
        """What goes onto the wire for a message."""
        raise NotImplementedError

    def keep_alive(self) -> None:
        """Show that we are there, and find out whether the other side is."""

    @property
    def is_unfinished(self) -> bool:
        """Whether a message was begun and has to go on."""
        raise NotImplementedError

    def look(self) -> None:
        """The end for who takes too long: a connection that does nothing else serves nobody."""
        self._looks = self._looks + 1 if self.is_unfinished else 0
        if self._looks > LOOKS and self._transport is not None:
            log.info("a message was begun and not completed", extra={"from": self.flow.dumps()})
            self._transport.abort()

    def received(self, message: bytes) -> None:
        self._looks = 0
        self._owner.receive(message, self.flow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.lost(self)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class StreamConnection(Connection):
    """Messages one after the other, cut by Content-Length (RFC 3261 section 18.3)."""

    def __init__(self, owner: Owner, number: int, target: Flow | None = None) -> None:
        super().__init__(owner, number, target)
        self._framer = StreamFramer()

    @property
    def is_unfinished(self) -> bool:
        return self._framer.is_amid_message

    def frame(self, message: bytes) -> bytes:
        return message

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._framer.feed(data):
                if isinstance(message, KeepAlive):
                    self.write(b"\r\n")  # RFC 5626 section 5.4
                else:
                    self.received(message)
        except FramingError as error:
            # Where the next message starts is not known: answer this one if its head can be read.
            self.received(error.head)
            self.close()

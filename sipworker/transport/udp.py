"""UDP: one socket per listener, read in batches.

`add_reader` and a loop of recvfrom cost a sixth of asyncio's DatagramProtocol.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from sipworker.sip.flow import Address, Flow
from sipworker.transport.overflow import Overflow
from sipworker.transport.unreachable import listen_for_errors, unreachable

BATCH = 64
MAX_DATAGRAM = 65535
BUFFER = 4 * 1024 * 1024

Receive = Callable[[bytes, Flow], None]
Failed = Callable[[Flow], None]


class UdpListener:
    """A bound socket: `receive` gets each datagram, `failed` the flows that cannot be sent to."""

    transport = "udp"

    def __init__(self, address: Address, receive: Receive, failed: Failed) -> None:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        if family == socket.AF_INET6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listen_for_errors(self._socket)
        self._socket.bind(address)
        self.local: Address = self._socket.getsockname()[:2]
        self.overflow = Overflow(self._socket)
        self._room = memoryview(bytearray(MAX_DATAGRAM))
        self._receive = receive
        self._failed = failed
        self._waiting: deque[tuple[bytes, Flow]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._readable)

    def _readable(self) -> None:
        receive, recvfrom, local, room = self._receive, self._socket.recvfrom_into, self.local, self._room
        for count in range(BATCH):
            try:
                length, source = recvfrom(room)
            except (BlockingIOError, InterruptedError):
                if not count:
                    self._hear_errors()  # what else should have woken us
                return
            except OSError:
                self._hear_errors()
                continue
            receive(bytes(room[:length]), Flow("udp", local, source[:2]))

    def _hear_errors(self) -> None:
        """Of datagrams sent before; which ones were answered meanwhile is for the transactions to say."""
        for address in unreachable(self._socket):
            self._failed(Flow("udp", self.local, address))

    def send(self, flow: Flow, data: bytes) -> None:
        """At the end of the loop's turn, back to back: a peer that sleeps is woken once, not by each."""
        assert self._loop is not None
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append((data, flow))

    def _flush(self) -> None:
        assert self._loop is not None
        waiting, self._waiting = self._waiting, deque()
        while waiting:
            data, flow = waiting.popleft()
            try:
                self._socket.sendto(data, flow.remote)
            except (BlockingIOError, InterruptedError):
                has_room = False
            except OSError:
                has_room = self._send_again(flow, data)
            else:
                continue
            if not has_room:
                self._waiting = deque([(data, flow), *waiting, *self._waiting])
                self._loop.add_writer(self._socket, self._writable)
                return

    def _writable(self) -> None:
        assert self._loop is not None
        self._loop.remove_writer(self._socket)
        self._flush()

    def _send_again(self, flow: Flow, data: bytes) -> bool:
        """The error may have been that of an earlier datagram to somebody else, and this one was not sent.

        Whether there was room.
        """
        self._hear_errors()
        try:
            self._socket.sendto(data, flow.remote)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            self._failed(flow)
        return True

    async def close(self) -> None:
        if self._loop is not None:
            self._flush()
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._socket.close()

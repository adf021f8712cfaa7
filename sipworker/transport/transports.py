"""All listeners of a worker behind one send()."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from rls.domain.listener import Listener as ListenAddress
from sipworker.sip.flow import Address, Flow
from sipworker.sip.timers import TIMER_F
from sipworker.transport.certificates import Tls
from sipworker.transport.connection import LOOKS, Connection, StreamConnection
from sipworker.transport.entrance import Crowds
from sipworker.transport.streams import Astray, StreamListener
from sipworker.transport.udp import Failed, Receive, UdpListener
from sipworker.transport.websocket import WebSocketConnection

Listener = UdpListener | StreamListener
CONNECTIONS: dict[str, type[Connection]] = {
    "tcp": StreamConnection,
    "tls": StreamConnection,
    "ws": WebSocketConnection,
    "wss": WebSocketConnection,
}


class Transports:
    """`receive(data, flow)` for each message, `failed(flow)` when a flow cannot be used.

    `astray(flow, answer)` gets answers whose TCP or TLS connection has gone.
    `tls` is needed where something encrypted is to be listened for or opened. Open WebSockets are
    pinged every `keep_alive` seconds. Who begins a message has `patience` seconds to complete it.
    `crowds` says who may connect.
    """

    def __init__(
        self,
        listen: Sequence[ListenAddress],
        receive: Receive,
        failed: Failed,
        *,
        tls: Tls | None = None,
        keep_alive: float = 0,
        patience: float = TIMER_F,
        crowds: Crowds | None = None,
        astray: Astray = lambda flow, answer: None,
    ) -> None:
        self._listen = listen
        self._receive = receive
        self._failed = failed
        self._tls = tls
        self._keep_alive = keep_alive
        self._astray = astray
        self._patience = patience
        self._crowds = crowds or Crowds()
        self._repeating: list[asyncio.Task[None]] = []
        self._listeners: dict[tuple[str, Address], Listener] = {}
        self.flows: list[Flow] = []
        """One per listener, with no remote address."""

    async def start(self) -> None:
        """Open all sockets. Raises OSError that names the address."""
        for address in self._listen:
            try:
                listener = self._listener(address)
                await listener.start()
            except OSError as error:
                await self.close()
                raise OSError(f"{address}: {error.strerror}") from error
            self._listeners[address.transport, listener.local] = listener
            self.flows.append(Flow(address.transport, listener.local, ("", 0)))
        self._repeat(self._patience / LOOKS, StreamListener.look)
        if self._keep_alive:
            self._repeat(self._keep_alive, StreamListener.keep_alive)

    def _listener(self, address: ListenAddress) -> Listener:
        if address.transport == "udp":
            return UdpListener((address.host, address.port), self._receive, self._failed)
        return StreamListener(
            address.transport,
            (address.host, address.port),
            self._receive,
            self._failed,
            listens=address.listens,
            tls=self._tls if address.encrypted else None,
            kind=CONNECTIONS[address.transport],
            astray=self._gone_astray,
            crowds=self._crowds,
        )

    def _gone_astray(self, flow: Flow, answer: bytes) -> None:
        """Nobody can open a WebSocket to a client (RFC 7118 section 5.2)."""
        if flow.is_byte_stream:
            self._astray(flow, answer)

    def _repeat(self, pause: float, what: Callable[[StreamListener], None]) -> None:
        """One task for all connections."""

        async def repeat() -> None:
            while True:
                await asyncio.sleep(pause)
                for listener in self._listeners.values():
                    if isinstance(listener, StreamListener):
                        what(listener)

        self._repeating.append(asyncio.get_running_loop().create_task(repeat()))

    def flow_to(self, transport: str, remote: Address, name: str = "") -> Flow | None:
        """A flow from a listener of that transport and address family."""
        for flow in self.flows:
            if flow.transport == transport and (":" in flow.local[0]) == (":" in remote[0]):
                return flow.to(remote, name)
        return None

    def send(self, flow: Flow, data: bytes) -> None:
        listener = self._listeners.get((flow.transport, flow.local))
        if listener is None:
            # The listener is gone since the flow was stored: any of the same kind serves.
            other = self.flow_to(flow.transport, flow.remote)
            if other is None:
                self._failed(flow)
                return
            listener = self._listeners[other.transport, other.local]
        listener.send(flow, data)

    def overflow(self, now: float) -> float:
        """Seconds for which one of the UDP sockets has been losing what comes."""
        return max((listener.overflow.lasts(now) for listener in self._of_udp()), default=0.0)

    def lost(self) -> int:
        """Datagrams for which there was no room."""
        return sum(listener.overflow.lost for listener in self._of_udp())

    def _of_udp(self) -> Iterator[UdpListener]:
        return (each for each in self._listeners.values() if isinstance(each, UdpListener))

    async def close(self) -> None:
        for task in self._repeating:
            task.cancel()
        for listener in self._listeners.values():
            await listener.close()
        self._listeners.clear()
        self.flows.clear()

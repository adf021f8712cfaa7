"""A user agent on sockets of its own, for programs smaller than the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Literal, Self

from rls.domain.listener import Listener
from sipworker.sip.agent import UserAgent
from sipworker.sip.flow import Flow, address_text, host_text
from sipworker.sip.notifications import Observer
from sipworker.sip.timers import T1, TimerWheel
from sipworker.transport.certificates import Tls
from sipworker.transport.resolver import Resolver
from sipworker.transport.transports import Transports

WHEEL_TURN = 0.05

Trace = Callable[[Literal["sent", "received"], Flow, bytes], None]
"""Sees every message as it crosses the socket."""


def listeners(host: str, port: int = 0) -> list[Listener]:
    """UDP and TCP at one address; by default each chooses its port."""
    return [Listener(transport, host, port) for transport in ("udp", "tcp")]


def callers(host: str) -> list[Listener]:
    """All others, which only open connections: nobody needs a certificate for that."""
    return [Listener(transport, host, 0, listens=False) for transport in ("tls", "ws", "wss")]


def _advertised(flow: Flow) -> str:
    """Who only opens connections has no port to be reached at."""
    return address_text(flow.local) if flow.local[1] else host_text(flow.local[0])


class Endpoint:
    """`async with Endpoint(listen, observer) as endpoint: endpoint.agent...`; entering raises OSError.

    The keyword arguments of UserAgent: `contact_user`, `events`, `extensions`, `t1`; `tls` for whom to trust;
    `dns` servers.
    """

    def __init__(
        self,
        listen: Sequence[Listener],
        observer: Observer,
        *,
        contact_user: str = "",
        events: Sequence[str] = (),
        extensions: Collection[str] = (),
        trace: Trace | None = None,
        tls: Tls | None = None,
        dns: Sequence[str] = (),
        t1: float = T1,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._trace = trace
        self._turning: asyncio.Task[None] | None = None
        self.transports = Transports(listen, self._receive, self._failed, tls=tls)
        self.resolver = Resolver(self.transports, dns)
        self.agent = UserAgent(
            wheel=TimerWheel(self._loop.time()),
            transmit=self._transmit,
            locate=self.resolver.locate,
            avoid=self.resolver.avoid,
            observer=observer,
            contact_user=contact_user,
            events=events,
            extensions=extensions,
            advertise=_advertised,
            t1=t1,
        )

    @property
    def now(self) -> float:
        """Seconds on the clock of the agent's timers."""
        return self._loop.time()

    async def __aenter__(self) -> Self:
        await self.transports.start()
        self._turning = self._loop.create_task(self._turn_wheel())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._turning is not None:
            self._turning.cancel()
        await self.transports.close()

    async def _turn_wheel(self) -> None:
        while True:
            await asyncio.sleep(WHEEL_TURN)
            self.agent.wheel.advance(self.now)

    def _transmit(self, flow: Flow, data: bytes) -> None:
        if self._trace is not None:
            self._trace("sent", flow, data)
        self.transports.send(flow, data)

    def _receive(self, data: bytes, flow: Flow) -> None:
        if self._trace is not None:
            self._trace("received", flow, data)
        self.agent.receive(data, flow, self.now)

    def _failed(self, flow: Flow) -> None:
        self._loop.call_soon(lambda: self.agent.transactions.transport_failed(flow, self.now))

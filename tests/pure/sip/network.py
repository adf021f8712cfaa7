"""A network in memory: agents and scripted peers, one clock that jumps to what is due next.

What it does to packets is drawn from a seeded random, so that every run can be had again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, TypeVar

from rls.domain.uri import SipUri
from sipworker.sip.agent import Located, UserAgent
from sipworker.sip.flow import Address, Flow
from sipworker.sip.notifications import Notification
from sipworker.sip.timers import TimerWheel
from sipworker.sip.transactions import OnSilence

T = TypeVar("T")
Receive = Callable[[bytes, Flow, float], None]


@dataclass(frozen=True)
class Conditions:
    """Probabilities, and the longest delay in seconds; different delays put packets out of order."""

    loss: float = 0.0
    duplication: float = 0.0
    delay: float = 0.0


class Packet(NamedTuple):
    arrival: float
    number: int
    flow: Flow
    data: bytes

    @property
    def start_line(self) -> str:
        return self.data.split(b"\r\n")[0].decode()


class Recorder:
    """An observer that keeps what it is told and then lets `react` act on it."""

    def __init__(self, react: Callable[[Notification, float], None] | None = None) -> None:
        self.told: list[Notification] = []
        self.react = react

    def __call__(self, notification: Notification, now: float) -> None:
        self.told.append(notification)
        if self.react is not None:
            self.react(notification, now)

    def names(self) -> list[str]:
        return [type(notification).__name__ for notification in self.told]

    def of(self, kind: type[T]) -> list[T]:
        return [notification for notification in self.told if isinstance(notification, kind)]


class Network:
    """`sent` keeps every packet, lost ones too, with the time of its sending as `arrival`."""

    def __init__(self, conditions: Conditions | None = None, seed: int = 0) -> None:
        self.now = 0.0
        self.wheel = TimerWheel(0.0)
        self.conditions = conditions or Conditions()
        self.sent: list[Packet] = []
        self.servers: dict[str, list[str]] = {}
        """What DNS would say: the addresses of a name, in order."""
        self._random = Random(seed)
        self._receivers: dict[Address, Receive] = {}
        self._travelling: list[Packet] = []
        self._count = 0

    # -- who is there

    def attach(self, address: Address, receive: Receive) -> None:
        self._receivers[address] = receive

    def detach(self, address: Address) -> None:
        """What is sent there is lost from now on."""
        del self._receivers[address]

    def agent(
        self,
        address: Address,
        observer: Callable[[Notification, float], None],
        *,
        events: tuple[str, ...] = ("presence",),
        extensions: tuple[str, ...] = ("eventlist",),
        handed_over: tuple[str, ...] = (),
        on_silence: OnSilence | None = None,
    ) -> UserAgent:
        def locate(uri: str, done: Located, now: float) -> None:
            parsed = SipUri.parse(uri)
            hosts = self.servers.get(parsed.host) or [parsed.host] if "." in parsed.host else []
            transport, port = parsed.transport or "udp", parsed.port or 5060
            done([Flow(transport, address, (host, port)) for host in hosts], now)

        agent = UserAgent(
            wheel=self.wheel,
            transmit=self.transmit,
            locate=locate,
            observer=observer,
            contact_user="agent",
            events=events,
            extensions=extensions,
            handed_over=handed_over,
            on_silence=on_silence,
        )
        agent.random = self._random.random
        self.attach(address, agent.receive)
        return agent

    # -- what happens

    def transmit(self, flow: Flow, data: bytes) -> None:
        self.sent.append(Packet(self.now, self._count, flow, data))
        conditions, draw = self.conditions, self._random.random
        copies = 1 + (draw() < conditions.duplication)
        for _ in range(copies):
            if draw() >= conditions.loss:
                self._count += 1
                arrival = self.now + draw() * conditions.delay
                heapq.heappush(self._travelling, Packet(arrival, self._count, flow, data))

    def run(self, seconds: float = 0.0) -> None:
        """Let `seconds` pass; with 0 all that is under way arrives, and no timer runs."""
        if not seconds:
            self._deliver()
            return
        end = self.now + seconds
        while (due := self._next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            self._deliver()
            self.wheel.advance(self.now)
        self.now = end
        self.wheel.advance(end)

    def settle(self) -> None:
        """Until nothing is under way and no timer is set."""
        while (due := self._next_due()) is not None:
            self.run(max(due - self.now, 0.001))

    def _next_due(self) -> float | None:
        due = [packet.arrival for packet in self._travelling[:1]]
        timer = self.wheel.next_due()
        if timer is not None:
            due.append(timer)
        return min(due, default=None)

    def _deliver(self) -> None:
        while self._travelling and self._travelling[0].arrival <= self.now:
            packet = heapq.heappop(self._travelling)
            flow = packet.flow
            receive = self._receivers.get(flow.remote)
            if receive is not None:
                receive(packet.data, Flow(flow.transport, flow.remote, flow.local, flow.connection), self.now)

    # -- what was seen

    def times(self, start: str) -> list[float]:
        """When messages whose first line starts like this were sent."""
        return [round(packet.arrival, 2) for packet in self.sent if packet.start_line.startswith(start)]

"""Records the SIP messages of the subscriptions, users and lists that an operator wants to see.

While nobody does, this costs one look at a boolean for a message that comes, and nothing for
one that goes: the way out leads around it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.db import Error, close_old_connections

from rls import traces
from rls.domain.capture import Captured, hep, without_proofs
from rls.models import Trace, TracedMessage
from sipworker.engine.list_subscription import ListSubscription
from sipworker.engine.watchers import Watchers
from sipworker.sip.agent import UserAgent
from sipworker.sip.flow import Address, Flow, address_text

log = logging.getLogger("rls.tracing")

RETRY = 2.0
INTERVAL = 0.5
"""Seconds between two writings of what was recorded; then also call-ids of new dialogs are learned."""


class Tracer:
    """`on` says whether anything is traced; `received` wants every message then."""

    def __init__(self, agent: UserAgent, owner: int, homer: Address | None) -> None:
        self._agent = agent
        self._owner = owner
        self._homer = homer
        self._past_us = agent.transmit
        self._marks: list[tuple[bytes, Trace]] = []
        self._room: dict[int, int] = {}
        self._recorded: list[TracedMessage] = []
        self._look = asyncio.Event()
        self._socket: socket.socket | None = None
        self.on = False

    def look(self, payload: str = "") -> None:
        """A trace began or ended."""
        self._look.set()

    async def run(self, watchers: Watchers) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            try:
                await self._while_wanted(watchers)
            except Error as error:
                log.error("traces cannot be read or written", extra={"error": str(error).strip()})
                await asyncio.sleep(RETRY)
                self._look.set()
            finally:
                self._switch(False)

    async def _while_wanted(self, watchers: Watchers) -> None:
        wanted = await self._active()
        while wanted:
            self._marks = [(mark, trace) for trace in wanted for mark in _marks(trace, watchers)]
            self._switch(True)
            await asyncio.sleep(INTERVAL)
            await self._write()
            if self._look.is_set():
                self._look.clear()
                wanted = await self._active()
            wanted = [trace for trace in wanted if trace.until.timestamp() > time.time()]
        await self._write()

    def _switch(self, on: bool) -> None:
        self.on = on
        self._agent.transmit = self._agent.transactions.transmit = self._sent if on else self._past_us

    # -- what goes over the wire

    def received(self, data: bytes, flow: Flow) -> None:
        self._record(data, flow, sent=False)

    def _sent(self, flow: Flow, data: bytes) -> None:
        self._past_us(flow, data)
        self._record(data, flow, sent=True)

    def _record(self, data: bytes, flow: Flow, *, sent: bool) -> None:
        """For the first trace that has a mark in the head of the message and is not full."""
        head = data[: data.find(b"\r\n\r\n")]
        for mark, trace in self._marks:
            room = self._room.setdefault(trace.pk, traces.MOST_MESSAGES)
            if room and mark in head:
                self._room[trace.pk] = room - 1
                self._keep(data, flow, trace, sent=sent)
                return

    def _keep(self, data: bytes, flow: Flow, trace: Trace, *, sent: bool) -> None:
        now, data = time.time(), without_proofs(data)
        self._recorded.append(
            TracedMessage(
                trace=trace,
                at=datetime.fromtimestamp(now, UTC),
                owner=self._owner,
                sent=sent,
                transport=flow.transport,
                local=address_text(flow.local),
                remote=address_text(flow.remote),
                message=data,
            )
        )
        if self._homer is not None:
            ends = (flow.local, flow.remote) if sent else (flow.remote, flow.local)
            self._to_homer(hep(Captured(now, flow.transport, *ends, data), self._owner, f"trace-{trace.pk}"))

    def _to_homer(self, packet: bytes) -> None:
        assert self._homer is not None
        if self._socket is None:
            family = socket.AF_INET6 if ":" in self._homer[0] else socket.AF_INET
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
        with suppress(OSError):  # Homer is there to help, not to hold us up
            self._socket.sendto(packet, self._homer)

    # -- the database

    @sync_to_async
    def _active(self) -> list[Trace]:
        close_old_connections()
        return traces.active()

    async def _write(self) -> None:
        recorded, self._recorded = self._recorded, []
        if recorded:
            await sync_to_async(TracedMessage.objects.bulk_create)(recorded)


def _marks(trace: Trace, watchers: Watchers) -> Iterator[bytes]:
    """What the heads of its messages contain: Call-IDs of dialogs that run, and what new ones will say."""
    for watcher in _subscriptions(trace, watchers):
        yield watcher.sip.dialog.call_id.encode()
        for back_end in watcher.resources.values():
            if back_end.subscription is not None:
                yield back_end.subscription.dialog.call_id.encode()
    if trace.kind == Trace.Kind.USER:
        yield f"sip:{trace.target}>".encode()
    elif trace.kind == Trace.Kind.LIST:
        yield trace.target.encode()


def _subscriptions(trace: Trace, watchers: Watchers) -> list[ListSubscription]:
    if trace.kind == Trace.Kind.LIST:
        return watchers.of_service(trace.target)
    if trace.kind == Trace.Kind.USER:
        user = trace.target.lower()
        return [each for each in watchers if each.identity.partition(":")[2].lower() == user]
    watcher = watchers.get(int(trace.target))
    return [] if watcher is None else [watcher]

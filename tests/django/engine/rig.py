"""A whole SIP worker on a network in memory: real database, no sockets, a clock to set forward."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from psycopg import RawCursor

from rls.domain.uri import SipUri
from rls.store.commit_group import Connection
from rls.store.ids import IdBlocks
from rls.store.numbering import OutboxRow
from rls.store.tick import run_slice
from sipworker.engine import worker
from sipworker.engine.options import WorkerOptions
from sipworker.engine.worker import SipWorker
from sipworker.sip.agent import Located
from sipworker.sip.flow import Flow
from tests.django.database import connect, connect_sync, select
from tests.django.engine.clock import Clock
from tests.django.engine.lists import Lists
from tests.django.engine.phone import RLS, Phone
from tests.django.engine.presence_server import PresenceServer
from tests.django.engine.waiting import LIMIT, until
from tests.pure.sip.network import Network

DEFAULTS: dict[str, Any] = {"commit_gap": 0.0, "secret": b"test", "presence_servers": ()}


class Rig:
    """`phone` and `server` are there from the start; `worker` from start() on."""

    worker: SipWorker
    connection: Connection

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._connections: list[Connection] = []
        monkeypatch.setattr(worker, "connect", self.connect)
        self.clock = Clock(monkeypatch)
        self.lists = Lists(monkeypatch)
        self.network = Network()
        self.network.now = self.clock.now()
        self.phone = Phone(self.network)
        self.server = PresenceServer(self.network)
        self.delivered = 0

    # -- life

    async def start(self, **options: Any) -> None:
        """A worker as runsipworker makes it, up to its sockets."""
        self.connection = await self.connect()
        made = self.worker = SipWorker(WorkerOptions(**{**DEFAULTS, **options}))
        agent = made.agent
        agent.transmit = agent.transactions.transmit = self.network.transmit
        agent.locate = _locate
        agent.random = lambda: 0.0
        ids = made._ids = IdBlocks(self.connect)
        await ids.reserve(1000)
        made._wire(ids)
        made.listener._deliver = self._deliver
        await made.profiles.load()
        await made.restart.load(self.connection, self.clock.now())
        await made.documents.load(self.clock.now())
        await made.list_changes.catch_up()
        self.network.wheel = made.wheel
        self.network.attach(RLS, agent.receive)
        made._parts.start(
            made.writer.run(), made.directory.run(), made.list_changes.run(), made.listener.run()
        )
        made._parts.start(made.documents.run(), made.profiles.run(), made.live.run(), made.orders.run())
        made.restart.resume(self.clock.now())
        made.documents.resume(self.clock.now())
        await made.listener.listening.wait()
        await self.quiet()

    async def connect(self) -> Connection:
        connection = await connect()
        self._connections.append(connection)
        return connection

    def _deliver(self, rows: Iterable[OutboxRow], now: float) -> None:
        rows = list(rows)
        self.delivered += len(rows)
        self.worker._deliver(rows, now)

    async def stop(self) -> None:
        """As SIGTERM does."""
        self.worker.stop()
        await self.worker.run()
        await self._close()

    async def crash(self) -> None:
        """What is in memory is lost."""
        await self.worker._parts.stop()
        await self._close()

    async def _close(self) -> None:
        await sync_to_async(connections.close_all)()  # the thread that serves subscriptions to documents
        for connection in self._connections:
            await connection.close()
        self._connections.clear()

    # -- time

    async def quiet(self) -> None:
        """Until all that is under way has arrived and all that was learned is committed."""
        unchanged = 0
        while unchanged < 2:
            before = len(self.network.sent)
            self.network.now = self.clock.now()
            self.network.run()
            await self._turns()
            await until(lambda: not len(self.worker.directory))
            await self._commit()
            await self._turns()
            self.network.run()
            unchanged = unchanged + 1 if len(self.network.sent) == before else 0

    @staticmethod
    async def _turns() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def _commit(self) -> None:
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.worker.writer.after(lambda now: committed.set_result(None))
        await asyncio.wait_for(committed, LIMIT)

    async def pass_time(self, seconds: float) -> None:
        end = self.clock.now() + seconds
        while (due := self.network._next_due()) is not None and due <= end:
            await self._advance_to(due)
        await self._advance_to(end)

    async def _advance_to(self, when: float) -> None:
        self.clock.set_forward_to(when)
        self.network.now = self.clock.now()
        self.worker.wheel.advance(self.network.now)
        await self.quiet()

    async def tick(self) -> int:
        """What the Celery task does for all slices; returns the NOTIFYs numbered."""
        before = self.delivered
        numbered = await self.tick_alone()
        await self.until_delivered(before + numbered)
        await self.quiet()
        return numbered

    async def until_delivered(self, count: int) -> None:
        """So many NOTIFYs that ticks have numbered."""
        await until(lambda: self.delivered >= count)

    async def tick_alone(self) -> int:
        """The same while no worker runs."""
        return await asyncio.to_thread(_tick, self.worker.options.slices)

    async def eventually(self, condition: Callable[[], object]) -> None:
        """All that is under way arrives meanwhile."""
        end = time.monotonic() + LIMIT
        await self.quiet()
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            await asyncio.sleep(0.005)
            await self.quiet()

    async def told(self, count: int) -> None:
        """Until the phone has got that many NOTIFYs."""
        await self.eventually(lambda: len(self.phone.told) >= count)

    # -- what is stored

    async def select(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return await select(self.connection, query, *values)

    # -- short cuts

    async def subscribed(self, *, settle: bool = True, event: str = "presence") -> None:
        """The phone's subscription is accepted; `settle`: the answers of all back ends have been told."""
        self.phone.subscribe(event=event)
        await self.quiet()
        assert self.phone.statuses[-1] == 200
        if settle:
            assert len(self.phone.told) == 2


def _tick(slices: int) -> int:
    numbered = 0
    with connect_sync() as connection:
        for number in range(slices):
            with connection.transaction():
                numbered += run_slice(RawCursor(connection), number, number, "test", 0.0)
    return numbered


def _locate(uri: str, done: Located, now: float) -> None:
    parsed = SipUri.parse(uri)
    known = "." in parsed.host and parsed.host[0].isdigit()
    flow = Flow(parsed.transport or "udp", RLS, (parsed.host, parsed.port or 5060))
    done([flow] if known else [], now)

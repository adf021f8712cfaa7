"""The writer: groups, its start rule, and what a lost database does to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import psycopg
import pytest
import pytest_asyncio

from rls.store import commit_group
from rls.store.commit_group import CommitGroup, Connection
from rls.store.numbering import NotifyRequest, OutboxRow
from sipworker.engine.writer import Writer
from tests.django.database import column, connect
from tests.django.engine.gate import Gate
from tests.django.engine.waiting import LIMIT, until
from tests.django.store.rows import OWNER, SLICES, presentity, state, store, watcher

pytestmark = pytest.mark.asyncio
REAL_WRITE = commit_group.write
HOUR = 3600.0


class Group(NamedTuple):
    """When one was written, the states in it, and how many had been acknowledged before."""

    at: float
    states: int
    acknowledged: int


class Bench:
    """A running writer; `groups` are those that it has tried to write."""

    def __init__(self, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connection = connection
        self.groups: list[Group] = []
        self.numbered: list[OutboxRow] = []
        self.acknowledged: list[int] = []
        self.failures: list[Exception] = []
        self.commits_unnoticed = False
        self.used: list[Connection] = []
        monkeypatch.setattr(commit_group, "write", self._write)

    async def _connect(self) -> Connection:
        self.used.append(await connect())
        return self.used[-1]

    async def _write(
        self, connection: Connection, group: CommitGroup, owner: int, slices: int
    ) -> list[OutboxRow]:
        now = asyncio.get_running_loop().time()
        self.groups.append(Group(now, len(group.states), len(self.acknowledged)))
        if self.failures and not self.commits_unnoticed:
            raise self.failures.pop(0)
        rows = await REAL_WRITE(connection, group, owner, slices)
        if self.failures:
            raise self.failures.pop(0)
        return rows

    def start(self, enough: int = 24, gap: float = 0.0) -> None:
        self.writer = Writer(
            self._connect,
            lambda rows, now: self.numbered.extend(rows),
            owner=OWNER,
            slices=SLICES,
            enough=enough,
            gap=gap,
        )
        self.task = asyncio.create_task(self.writer.run())

    def learn(self, row: int, body: bytes = b"<presence/>") -> None:
        self.writer.group.states[row] = state(row, body)
        self.writer.after(lambda now: self.acknowledged.append(row), row)

    async def written(self, count: int) -> None:
        await until(lambda: len(self.acknowledged) >= count)

    async def stored(self) -> dict[int, bytes | None]:
        cursor = await self.connection.execute("select id, presence_state from rls_presentity order by id")
        return dict(await cursor.fetchall())

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        for connection in self.used:
            await connection.close()


@pytest_asyncio.fixture
async def bench(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with await connect() as connection:
        await store(connection, [watcher(3)], [presentity(row, 3) for row in range(100)])
        bench = Bench(connection, monkeypatch)
        yield bench
        await bench.close()


async def test_an_idle_writer_starts_at_once(bench: Bench) -> None:
    bench.start(gap=HOUR)
    bench.learn(1)
    await bench.written(1)
    assert (await bench.stored())[1] == b"<presence/>"


async def test_what_follows_waits_for_the_gap(bench: Bench) -> None:
    bench.start(gap=2.0)
    bench.learn(1)
    await bench.written(1)
    bench.learn(2)
    await asyncio.sleep(0.05)
    bench.learn(3)
    await bench.written(3)
    first, second = bench.groups
    assert second.states == 2
    assert second.at - first.at > 1.0


async def test_enough_waiting_ends_the_gap(bench: Bench) -> None:
    bench.start(enough=5, gap=HOUR)
    bench.learn(1)
    await bench.written(1)
    for row in range(2, 7):
        bench.learn(row)
    await bench.written(6)
    assert [group.states for group in bench.groups] == [1, 5]


async def test_a_subscription_is_not_kept_waiting_for_the_gap(bench: Bench) -> None:
    bench.start(gap=HOUR)
    bench.learn(1)
    await bench.written(1)
    bench.learn(2)
    bench.writer.after(lambda now: bench.acknowledged.append(0))
    await bench.written(3)
    bench.learn(3)
    bench.writer.group.notify(NotifyRequest(3, full=True))
    bench.writer.wake()
    await bench.written(4)
    assert [group.states for group in bench.groups] == [1, 1, 1]
    assert [row.watcher_id for row in bench.numbered] == [3]


async def test_nothing_is_acknowledged_before_its_commit(bench: Bench) -> None:
    bench.start()
    seen: list[bytes] = []
    bench.writer.group.states[1] = state(1, b"<committed/>")

    async def look() -> None:
        seen.extend(await column(bench.connection, "select presence_state from rls_presentity where id = 1"))

    looks: list[asyncio.Task[None]] = []
    bench.writer.after(lambda now: looks.append(asyncio.create_task(look())))
    await until(lambda: looks)
    await asyncio.gather(*looks)
    assert seen == [b"<committed/>"]


async def test_answers_come_before_the_notifies_of_their_group(bench: Bench) -> None:
    bench.start()
    order: list[str] = []
    bench.writer._numbered = lambda rows, now: order.append("notify")
    bench.writer.group.notify(NotifyRequest(3, full=True))
    bench.writer.after(lambda now: order.append("200"))
    await until(lambda: len(order) == 2)
    assert order == ["200", "notify"]


async def test_what_others_have_read_waits_for_the_commit_under_way(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    bench.start()
    order: list[str] = []
    bench.writer.after(lambda now: order.append("after"))
    await gate.holds()
    bench.writer.settled(lambda now: order.append("settled"))
    assert order == []
    gate.open()
    await until(lambda: len(order) == 2)
    assert order == ["after", "settled"]
    bench.writer.settled(lambda now: order.append("at once"))
    assert order[2:] == ["at once"]


async def test_a_killed_connection_loses_nothing(bench: Bench) -> None:
    bench.start()
    kill = "select pg_terminate_backend(%s)"
    await until(lambda: bench.used)
    for row in range(100):
        bench.learn(row, b"<kept/>")
        if row % 20 == 10:
            await bench.connection.execute(kill, (bench.used[-1].info.backend_pid,))
        await asyncio.sleep(0.002)
    await bench.written(100)
    assert set((await bench.stored()).values()) == {b"<kept/>"}
    assert sorted(bench.acknowledged) == list(range(100))
    assert len(bench.used) > 1


async def test_a_group_waits_while_the_database_is_away(bench: Bench) -> None:
    bench.failures = [psycopg.OperationalError("away"), psycopg.InterfaceError("still away")]
    bench.start()
    bench.learn(1)
    await bench.written(1)
    assert [group.acknowledged for group in bench.groups] == [0, 0, 0]


async def test_a_group_that_was_committed_unnoticed_leaves_no_number_out(bench: Bench) -> None:
    """The connection broke between the commit and its confirmation: it is written once more."""
    bench.failures, bench.commits_unnoticed = [psycopg.OperationalError("gone")], True
    bench.start()
    bench.writer.group.notify(NotifyRequest(3, full=True))
    bench.learn(1)
    await bench.written(1)
    assert sorted(row.cseq for row in bench.numbered) == [1, 2]


@pytest.mark.parametrize("senseless", [{"be_code": 2**40}, {"reason": "\0"}, {"reason": "\udcff"}], ids=str)
async def test_a_state_that_is_refused_is_not_acknowledged_and_takes_no_other_with_it(
    bench: Bench, senseless: dict[str, Any]
) -> None:
    bench.start(gap=0.2)
    bench.learn(3)
    await bench.written(1)
    bench.learn(1, b"<lost/>")
    bench.writer.group.states[1] = state(1, **senseless)
    bench.learn(2, b"<kept/>")
    bench.writer.group.notify(NotifyRequest(3, full=True))
    await bench.written(2)
    assert bench.acknowledged == [3, 2]
    assert [row.watcher_id for row in bench.numbered] == [3]
    stored = await bench.stored()
    assert (stored[1], stored[2]) == (None, b"<kept/>")


async def test_answered_notifies_are_deleted_without_anything_else_to_write(bench: Bench) -> None:
    bench.start()
    bench.writer.group.notify(NotifyRequest(3, full=True))
    bench.writer.wake()
    await until(lambda: bench.numbered)
    bench.writer.sent(bench.numbered[0].id)
    assert bench.writer.commits == 1
    await until(lambda: bench.writer.commits == 2)
    assert await column(bench.connection, "select id from rls_outbox") == []


async def test_a_stopping_writer_writes_what_there_is(bench: Bench) -> None:
    bench.start(gap=HOUR)
    bench.learn(1)
    await bench.written(1)
    bench.learn(2, b"<last/>")
    bench.writer.stop()
    await asyncio.wait_for(bench.task, LIMIT)
    assert bench.acknowledged == [1, 2]
    assert (await bench.stored())[2] == b"<last/>"

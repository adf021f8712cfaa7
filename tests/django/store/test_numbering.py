"""Versions and CSeqs: one by one, without a gap, whoever takes them."""

from __future__ import annotations

import asyncio

import pytest

from rls.store.commit_group import CommitGroup, Connection, write
from rls.store.numbering import NotifyRequest, OutboxRow
from tests.django.database import column, connect, select
from tests.django.engine.waiting import LIMIT
from tests.django.store.rows import OWNER, SLICES, refreshed, store, watcher

pytestmark = pytest.mark.asyncio


async def notify(connection: Connection, *requests: NotifyRequest, settled: bool = True) -> list[OutboxRow]:
    group = CommitGroup()
    for request in requests:
        group.notify(request, settled=settled)
    return await write(connection, group, OWNER, SLICES)


def full(number: int, reason: str = "") -> NotifyRequest:
    return NotifyRequest(number, full=True, reason=reason)


def partial(number: int, *rows: int) -> NotifyRequest:
    return NotifyRequest(number, full=False, row_ids=set(rows))


async def waits_for_a_lock(connection: Connection, witness: Connection) -> None:
    """Until it waits for somebody else; `witness` can tell."""
    query = "select exists (select from pg_locks where pid = %s and not granted)"
    async with asyncio.timeout(LIMIT):
        while await column(witness, query, connection.info.backend_pid) != [True]:
            await asyncio.sleep(0.002)


@pytest.mark.req("R4662-5.2-3", "R4662-5.2-8")
async def test_the_first_notify_has_version_0_and_cseq_1(connection: Connection) -> None:
    group = CommitGroup(new_watchers=[watcher(3)])
    group.notify(full(3), settled=False)
    (row,) = await write(connection, group, OWNER, SLICES)
    assert row[1:] == (OWNER, 3, 1, 0, "F", "", [], 0)


@pytest.mark.req("R4662-5.2-4", "R6665-5.3.2-1")
async def test_every_further_notify_adds_one(connection: Connection) -> None:
    await store(connection, [watcher(3)])
    rows = [(await notify(connection, request))[0] for request in (full(3), partial(3, 8, 7), full(3))]
    assert [(row.version, row.cseq, row.kind, row.row_ids) for row in rows] == [
        (0, 1, "F", []),
        (1, 2, "P", [7, 8]),
        (2, 3, "F", []),
    ]


async def test_what_is_numbered_is_in_the_outbox(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(4)])
    rows = await notify(connection, full(3), partial(4, 9))
    stored = await select(
        connection, "select id, owner, watcher_id, cseq, version, kind, reason, row_ids, mark from rls_outbox"
    )
    assert sorted(stored) == sorted(tuple(row) for row in rows)


async def test_full_state_notes_the_marks_that_it_makes_needless(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(4)])
    group = CommitGroup(mark=9)
    group.notify(full(3))
    group.notify(partial(4, 9))
    rows = await write(connection, group, OWNER, SLICES)
    assert {row.watcher_id: row.mark for row in rows} == {3: 9, 4: 0}
    assert await select(connection, "select id, full_mark from rls_watchers order by id") == [(3, 9), (4, 0)]
    await notify(connection, partial(3, 9))
    assert await column(connection, "select full_mark from rls_watchers where id = 3") == [9]


@pytest.mark.req("R6665-4.2.2-9")
async def test_a_reason_ends_the_subscription(connection: Connection) -> None:
    await store(connection, [watcher(3)])
    (row,) = await notify(connection, full(3, "timeout"))
    assert row.reason == "timeout"
    assert await select(connection, "select status, reason from rls_watchers") == [(3, "timeout")]


async def test_nothing_is_numbered_after_the_end(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(4)])
    await notify(connection, full(3, "timeout"))
    assert [row.watcher_id for row in await notify(connection, full(3), full(4))] == [4]
    assert await column(connection, "select local_cseq from rls_watchers order by id") == [1, 1]


async def test_unknown_watchers_are_passed_over(connection: Connection) -> None:
    assert await notify(connection, full(99)) == []


async def test_the_owner_comes_from_the_row_whoever_numbers(connection: Connection) -> None:
    await store(connection, [watcher(3, owner=7)])
    assert [row.owner for row in await notify(connection, full(3))] == [7]


@pytest.mark.parametrize("settled", [True, False])
async def test_only_an_answer_of_the_back_ends_settles(connection: Connection, settled: bool) -> None:
    await store(connection, [watcher(3, settled=False)])
    await notify(connection, full(3), settled=settled)
    assert await column(connection, "select settled from rls_watchers") == [settled]


@pytest.mark.req("R4662-5.2-4")
async def test_two_connections_at_once_take_no_number_twice_and_leave_no_gap(
    connection: Connection, other: Connection
) -> None:
    numbers = range(1, 6)
    await store(connection, [watcher(number) for number in numbers])

    async def take(connection: Connection, times: int) -> list[OutboxRow]:
        taken = []
        for _ in range(times):
            taken += await notify(connection, *map(full, numbers))
        return taken

    rows = [row for taken in await asyncio.gather(take(connection, 40), take(other, 40)) for row in taken]
    for number in numbers:
        assert sorted(row.cseq for row in rows if row.watcher_id == number) == list(range(1, 81))
        assert all(row.version == row.cseq - 1 for row in rows)


async def test_a_writer_waits_for_the_lock_and_counts_on(connection: Connection, other: Connection) -> None:
    await store(connection, [watcher(3)])
    async with other.transaction():
        await other.execute("update rls_watchers set version = 5, local_cseq = 6, status = 1 where id = 3")
        waiting = asyncio.create_task(notify(connection, full(3)))
        await waits_for_a_lock(connection, other)
    assert [(row.version, row.cseq) for row in await waiting] == [(6, 7)]


async def test_a_subscription_that_ended_while_the_writer_waited_is_not_numbered(
    connection: Connection, other: Connection
) -> None:
    await store(connection, [watcher(3)])
    async with other.transaction():
        await other.execute("update rls_watchers set status = 3 where id = 3")
        waiting = asyncio.create_task(notify(connection, full(3)))
        await waits_for_a_lock(connection, other)
    assert await waiting == []


async def test_a_group_and_a_tick_never_wait_for_each_other_in_a_circle(connection: Connection) -> None:
    """The group refreshes one watcher and numbers another; a tick locks both in the order of their ids."""
    await store(connection, [watcher(5), watcher(15)])
    group = CommitGroup(refreshes={15: refreshed(15, 2)})
    group.notify(full(15))
    group.notify(full(5))
    lock = "select id from rls_watchers where id = %s for update"
    async with await connect() as tick, tick.transaction():
        await tick.execute(lock, (5,))
        waiting = asyncio.create_task(write(connection, group, OWNER, SLICES))
        await waits_for_a_lock(connection, tick)
        await asyncio.wait_for(tick.execute(lock, (15,)), 60)
    assert sorted(row.watcher_id for row in await waiting) == [5, 15]

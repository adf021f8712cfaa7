"""A slice of the tick: what changed becomes numbered NOTIFYs, each change once."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from psycopg import RawCursor

from rls.store.commit_group import CommitGroup, Connection, write
from rls.store.tick import run_slice
from tests.django.database import column, connect_sync, select
from tests.django.store.rows import OWNER, SLICES, presentity, states, store, watcher

pytestmark = pytest.mark.asyncio


def serve(slice_number: int, connection: psycopg.Connection | None = None) -> int:
    """One slice in one transaction."""
    with connection or connect_sync() as used:
        return run_slice(RawCursor(used), slice_number, slice_number, "test", 0.0)


async def mark(connection: Connection, *marks: tuple[int, int]) -> None:
    await write(connection, states(changes=list(marks)), OWNER, SLICES)


@pytest.mark.req("R4662-4.5-1", "R4662-5.2-7")
async def test_all_changes_of_a_watcher_become_one_partial_notify(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(13)], [presentity(30, 3)])
    await mark(connection, (3, 30), (13, 33), (3, 31))
    await mark(connection, (3, 30), (3, 32))
    assert await asyncio.to_thread(serve, 3) == 2
    assert await select(
        connection, "select watcher_id, kind, row_ids, version, cseq from rls_outbox order by watcher_id"
    ) == [(3, "P", [30, 31, 32], 0, 1), (13, "P", [33], 0, 1)]
    assert await column(connection, "select id from rls_changes") == []


async def test_a_notify_notes_the_newest_mark_that_was_claimed_for_it(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(13)])
    for number, changed in ((7, [(3, 30), (13, 33)]), (8, [(3, 31)])):
        await write(connection, CommitGroup(changes=changed, mark=number), OWNER, SLICES)
    await asyncio.to_thread(serve, 3)
    assert await select(connection, "select watcher_id, mark from rls_outbox order by 1") == [(3, 8), (13, 7)]


async def test_marks_of_an_older_version_have_no_order(connection: Connection) -> None:
    await store(connection, [watcher(3)])
    await mark(connection, (3, 30))
    await connection.execute("update rls_changes set mark = null")
    await asyncio.to_thread(serve, 3)
    assert await column(connection, "select mark from rls_outbox") == [0]


async def test_only_the_slice_is_served(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(4)])
    await mark(connection, (3, 30), (4, 40))
    assert await asyncio.to_thread(serve, 4) == 1
    assert await column(connection, "select slice from rls_changes") == [3]


async def test_nothing_changed_nothing_told(connection: Connection) -> None:
    assert await asyncio.to_thread(serve, 0) == 0


async def test_changes_of_ended_and_unknown_watchers_are_dropped(connection: Connection) -> None:
    await store(connection, [watcher(3, status=3)])
    await mark(connection, (3, 30), (13, 31))
    assert await asyncio.to_thread(serve, 3) == 0
    assert await column(connection, "select id from rls_changes") == []


async def test_a_crash_leaves_the_changes_and_the_numbers(connection: Connection) -> None:
    await store(connection, [watcher(3)])
    await mark(connection, (3, 30))

    def crash() -> None:
        with connect_sync() as doomed:
            doomed.autocommit = False
            run_slice(RawCursor(doomed), 3, 3, "test", 0.0)
            doomed.execute("select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(psycopg.OperationalError):
        await asyncio.to_thread(crash)
    assert await column(connection, "select row_ids from rls_changes") == [[30]]
    assert await column(connection, "select version from rls_watchers") == [-1]
    assert await asyncio.to_thread(serve, 3) == 1


async def test_a_second_tick_passes_over_what_the_first_holds(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(13)])
    await mark(connection, (3, 30))
    first = connect_sync()
    with first.transaction():
        assert run_slice(RawCursor(first), 3, 3, "test", 0.0) == 1
        await mark(connection, (13, 31))
        assert await asyncio.to_thread(serve, 3) == 1
    first.close()
    assert await column(connection, "select row_ids from rls_outbox order by watcher_id") == [[30], [31]]


async def test_two_ticks_at_once_lose_nothing_and_double_nothing(connection: Connection) -> None:
    watchers = [3, 13, 23, 33]
    await store(connection, [watcher(number) for number in watchers])
    marked = []

    async def change() -> None:
        for row in range(150):
            marks = [(number, 1000 * number + row) for number in watchers]
            marked.extend(marks)
            await mark(connection, *marks)

    def keep_ticking(done: asyncio.Event) -> None:
        with connect_sync() as used:
            while not done.is_set():
                with used.transaction():
                    run_slice(RawCursor(used), 3, 3, "test", 0.0)

    done = asyncio.Event()
    ticks = [asyncio.create_task(asyncio.to_thread(keep_ticking, done)) for _ in range(2)]
    await change()
    done.set()
    await asyncio.gather(*ticks)
    await asyncio.to_thread(serve, 3)
    told = await select(connection, "select watcher_id, unnest(row_ids) from rls_outbox")
    assert sorted(told) == sorted(marked)
    for number in watchers:
        cseqs = await column(
            connection, "select cseq from rls_outbox where watcher_id = %s order by 1", number
        )
        assert cseqs == list(range(1, len(cseqs) + 1))


async def test_each_owner_hears_the_range_of_its_notifies(connection: Connection, other: Connection) -> None:
    await other.execute("listen rls_outbox_1")
    await other.execute("listen rls_outbox_2")
    await store(connection, [watcher(3), watcher(13, owner=2), watcher(23)])
    await mark(connection, (3, 30), (13, 31), (23, 32))
    await asyncio.to_thread(serve, 3)
    heard = {note.channel: note.payload async for note in other.notifies(timeout=60, stop_after=2)}
    ids = {
        owner: await column(connection, "select id from rls_outbox where owner = %s order by id", owner)
        for owner in (1, 2)
    }
    assert heard == {f"rls_outbox_{owner}": f"{ids[owner][0]}:{ids[owner][-1]}" for owner in (1, 2)}

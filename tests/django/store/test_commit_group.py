"""A commit group in the database: one statement when it can be, one transaction when it must."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import AsyncCursor, AsyncRawCursor

from rls.store import commit_group
from rls.store.commit_group import CommitGroup, Connection, write
from rls.store.numbering import NotifyRequest
from rls.store.rows import RefreshRow
from tests.django.database import column, select
from tests.django.store.rows import OWNER, SLICES, presentity, refreshed, state, states, store, watcher

pytestmark = pytest.mark.asyncio


@pytest.fixture
def statements(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements executed from now on, whichever kind of cursor executes them."""
    executed: list[str] = []

    class Counting:
        async def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
            executed.append(query)
            return await super().execute(query, *args, **kwargs)  # type: ignore[misc]

    connection.cursor_factory = type("Cursor", (Counting, AsyncCursor), {})
    monkeypatch.setattr(commit_group, "AsyncRawCursor", type("RawCursor", (Counting, AsyncRawCursor), {}))
    return executed


async def test_states_marks_and_answered_notifies_are_one_statement(
    connection: Connection, statements: list[str]
) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3), presentity(31, 3)])
    statements.clear()
    group = states(state(30), state(31, b"<b/>"), changes=[(3, 30), (3, 31)])
    group.sent.append(77)
    assert await write(connection, group, OWNER, SLICES) == []
    assert len(statements) == 1
    assert await column(connection, "select presence_state from rls_presentity order by id") == [
        b"<presence/>",
        b"<b/>",
    ]


async def test_a_new_subscription_and_its_first_notify_are_one_statement(
    connection: Connection, statements: list[str]
) -> None:
    group = CommitGroup(new_watchers=[watcher(3), watcher(4)], new_presentities=[presentity(30, 3)])
    group.notify(NotifyRequest(3, full=True), settled=False)
    (row,) = await write(connection, group, OWNER, SLICES)
    assert len(statements) == 1
    assert (row.watcher_id, row.version, row.cseq, row.kind) == (3, 0, 1, "F")
    numbers = "select version, local_cseq from rls_watchers order by id"
    assert await select(connection, numbers) == [(0, 1), (-1, 0)]


async def test_a_new_subscription_to_a_list_of_fifty_is_one_statement(
    connection: Connection, statements: list[str]
) -> None:
    group = CommitGroup(
        new_watchers=[watcher(3)], new_presentities=[presentity(30 + number, 3) for number in range(50)]
    )
    group.notify(NotifyRequest(3, full=True), settled=False)
    await write(connection, group, OWNER, SLICES)
    assert len(statements) == 1
    assert await column(connection, "select count(*) from rls_presentity where watcher_id = 3") == [50]


async def test_everything_but_the_end_of_rows_fits_into_one_statement(
    connection: Connection, statements: list[str]
) -> None:
    await store(connection, [watcher(3), watcher(4)], [presentity(30, 3)])
    statements.clear()
    group = states(state(30), changes=[(3, 30)])
    group.new_watchers.append(watcher(5))
    group.notify(NotifyRequest(5, full=True), settled=False)
    group.new_presentities.append(presentity(50, 5))
    group.refreshes[4] = refreshed(4, 9)
    group.notify(NotifyRequest(4, full=True))
    group.notify(NotifyRequest(3, full=False, row_ids={30}))
    group.sent.append(77)
    told = await write(connection, group, OWNER, SLICES)
    assert sorted((row.watcher_id, row.kind) for row in told) == [(3, "P"), (4, "F"), (5, "F")]
    assert len(statements) == 1


async def test_a_full_state_before_and_after_settling_is_one_notify(connection: Connection) -> None:
    await store(connection, [watcher(3, settled=False)])
    group = CommitGroup()
    group.notify(NotifyRequest(3, full=True), settled=False)
    group.notify(NotifyRequest(3, full=False, row_ids={30}))
    (row,) = await write(connection, group, OWNER, SLICES)
    assert row.kind == "F"
    assert await column(connection, "select settled from rls_watchers") == [True]


async def test_a_state_of_a_row_that_comes_with_it_is_kept(connection: Connection) -> None:
    await store(connection, [watcher(3)])
    group = states(state(30))
    group.new_presentities.append(presentity(30, 3))
    await write(connection, group, OWNER, SLICES)
    assert await column(connection, "select presence_state from rls_presentity") == [b"<presence/>"]


async def test_a_group_with_anything_else_is_one_transaction(connection: Connection) -> None:
    group = CommitGroup(new_watchers=[watcher(3)], new_presentities=[presentity(30, 3)])
    group.states[30] = state(30)
    group.changes.append((3, 30))
    group.notify(NotifyRequest(3, full=True))
    await write(connection, group, OWNER, SLICES)
    tables = ("rls_watchers", "rls_presentity", "rls_changes", "rls_outbox")
    transactions = [(await column(connection, f"select xmin::text from {table}"))[0] for table in tables]
    assert len(set(transactions)) == 1


async def test_nothing_of_a_refused_group_is_written(connection: Connection) -> None:
    group = CommitGroup(new_watchers=[watcher(3)])
    group.new_presentities += [presentity(30, 3, "sip:twice@a.test"), presentity(31, 3, "sip:twice@a.test")]
    with pytest.raises(psycopg.IntegrityError):
        await write(connection, group, OWNER, SLICES)
    assert await column(connection, "select id from rls_watchers") == []


async def test_marks_are_one_row_per_slice(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3)])
    marks = [(3, 30), (13, 31), (4, 32), (3, 33)]
    await write(connection, states(state(30), changes=marks), OWNER, SLICES)
    assert await select(
        connection, "select owner, slice, watcher_ids, row_ids from rls_changes order by slice"
    ) == [(OWNER, 3, [3, 13, 3], [30, 31, 33]), (OWNER, 4, [4], [32])]


async def test_no_marks_make_no_row(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3)])
    await write(connection, states(state(30)), OWNER, SLICES)
    assert await column(connection, "select id from rls_changes") == []


async def test_the_last_state_of_a_row_wins(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3)])
    group = states(state(30, b"first"))
    group.states[30] = state(30, b"second")
    await write(connection, group, OWNER, SLICES)
    assert await column(connection, "select presence_state from rls_presentity") == [b"second"]


async def test_answered_notifies_leave_the_outbox(connection: Connection) -> None:
    group = CommitGroup(new_watchers=[watcher(3)])
    group.notify(NotifyRequest(3, full=True))
    (row,) = await write(connection, group, OWNER, SLICES)
    await write(connection, CommitGroup(sent=[row.id]), OWNER, SLICES)
    assert await column(connection, "select id from rls_outbox") == []


async def test_a_refresh_changes_its_columns_only(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(4)])
    refresh = refreshed(3, 9, accept="multipart/related", flow="udp a b", filters="<set/>", deflate=True)
    group = CommitGroup(refreshes={3: refresh})
    group.notify(NotifyRequest(3, full=True))
    group.notify(NotifyRequest(4, full=True))
    await write(connection, group, OWNER, SLICES)
    query = f"select {', '.join(RefreshRow._fields)}, user_agent from rls_watchers where id = %s"
    assert await select(connection, query, 3) == [(*refresh, "")]
    assert (await select(connection, query, 4))[0][1] == watcher(4).contact


@pytest.mark.parametrize(("kept", "cseq"), [(4, 4), (None, 8)], ids=["nothing new", "news"])
async def test_a_refresh_says_which_notify_brought_the_news(
    connection: Connection, kept: int | None, cseq: int
) -> None:
    await store(connection, [watcher(3, local_cseq=7, news_cseq=4)])
    group = CommitGroup(refreshes={3: refreshed(3, 9, news_cseq=kept)})
    group.notify(NotifyRequest(3, full=True))
    await write(connection, group, OWNER, SLICES)
    assert await select(connection, "select local_cseq, news_cseq from rls_watchers") == [(8, cseq)]


async def test_positions_follow_the_list(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3), presentity(31, 3)])
    await write(connection, CommitGroup(positions={30: 1, 31: 0}), OWNER, SLICES)
    assert await column(connection, "select id from rls_presentity order by position") == [31, 30]


async def test_an_ended_watcher_leaves_nothing(connection: Connection) -> None:
    group = CommitGroup(new_watchers=[watcher(3), watcher(4)])
    group.new_presentities += [presentity(30, 3), presentity(40, 4)]
    group.notify(NotifyRequest(3, full=True))
    group.notify(NotifyRequest(4, full=True))
    await write(connection, group, OWNER, SLICES)
    await write(connection, CommitGroup(ended_watchers=[3]), OWNER, SLICES)
    assert await column(connection, "select id from rls_watchers") == [4]
    assert await column(connection, "select id from rls_presentity") == [40]
    assert await column(connection, "select watcher_id from rls_outbox") == [4]


async def test_a_resource_may_leave_a_list_and_come_back_in_one_group(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3, "sip:bob@example.test")])
    group = CommitGroup(ended_presentities=[30])
    group.new_presentities.append(presentity(31, 3, "sip:bob@example.test"))
    await write(connection, group, OWNER, SLICES)
    assert await column(connection, "select id from rls_presentity") == [31]


async def test_a_resource_may_come_and_leave_in_one_group(connection: Connection) -> None:
    await store(connection, [watcher(3)])
    group = CommitGroup(new_presentities=[presentity(30, 3)], ended_presentities=[30])
    await write(connection, group, OWNER, SLICES)
    assert await column(connection, "select id from rls_presentity") == []


async def test_a_group_that_was_written_unnoticed_may_be_written_again(connection: Connection) -> None:
    """The connection may break between the commit and its confirmation."""
    group = CommitGroup(new_watchers=[watcher(3)], new_presentities=[presentity(30, 3)])
    group.notify(NotifyRequest(3, full=True), settled=False)
    (first,) = await write(connection, group, OWNER, SLICES)
    assert await write(connection, group, OWNER, SLICES) == []
    assert await column(connection, "select id from rls_outbox") == [first.id]
    assert await column(connection, "select id from rls_presentity") == [30]

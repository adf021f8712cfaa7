"""Updates of the hot tables stay HOT: no index is touched, the row stays in its page."""

from __future__ import annotations

import pytest

from rls.store.commit_group import CommitGroup, Connection, write
from rls.store.numbering import NotifyRequest
from tests.django.database import select
from tests.django.store.rows import OWNER, SLICES, presentity, state, states, store, watcher

pytestmark = pytest.mark.asyncio

BODY = b"<presence>" + b"x" * 320 + b"%d</presence>"
ENOUGH = 900
"""Of 1000: while somebody else has a snapshot, dead rows stay and a page may fill. Without room in the pages
(fillfactor 100) 155 are HOT, with an index on what changes none."""


async def updates(connection: Connection, table: str) -> tuple[int, int]:
    """All of them and the HOT ones."""
    await connection.execute("select pg_stat_force_next_flush()")
    await connection.execute("select 1")
    query = "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = %s"
    ((every, hot),) = await select(connection, query, table)
    return every, hot


async def tell(connection: Connection, turn: int) -> None:
    """Every back end says something new."""
    rows = (state(number, BODY % turn, be_remote_cseq=turn) for number in range(100))
    await write(connection, states(*rows), OWNER, SLICES)


async def test_updates_of_states_are_hot(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(number, 3) for number in range(100)])
    await tell(connection, 0)  # the first bodies fill the pages
    before = await updates(connection, "rls_presentity")
    for turn in range(1, 11):
        await tell(connection, turn)
    after = await updates(connection, "rls_presentity")
    assert after[0] - before[0] == 1000
    assert after[1] - before[1] >= ENOUGH


async def test_numbering_is_hot(connection: Connection) -> None:
    await store(connection, [watcher(number) for number in range(50)])
    before = await updates(connection, "rls_watchers")
    for _ in range(20):
        group = CommitGroup()
        for number in range(50):
            group.notify(NotifyRequest(number, full=True))
        await write(connection, group, OWNER, SLICES)
    after = await updates(connection, "rls_watchers")
    assert after[0] - before[0] == 1000
    assert after[1] - before[1] >= ENOUGH

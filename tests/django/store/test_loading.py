"""A restarted worker reads what was written, octet for octet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rls.store import load
from rls.store.commit_group import CommitGroup, Connection, write
from rls.store.ids import BLOCK, IdBlocks
from rls.store.load import LoadedPresentity
from rls.store.numbering import NotifyRequest
from rls.store.rows import StateRow, WatcherRow
from tests.django.database import connect
from tests.django.store.rows import OWNER, SLICES, presentity, state, states, store, watcher

pytestmark = pytest.mark.asyncio

ODD = 'sip:Jürgen%00;x="y"\'{},\\\\N@example.test'
OCTETS = bytes(range(256)) * 3 + b"\xff\xfe\x00"


async def watchers(connection: Connection, owner: int = OWNER) -> list[WatcherRow]:
    async with connection.transaction():
        return [row async for row in load.watchers(connection, owner)]


async def presentities(connection: Connection, owner: int = OWNER) -> list[LoadedPresentity]:
    async with connection.transaction():
        return [row async for row in load.presentities(connection, owner)]


async def test_every_field_of_a_watcher_comes_back(connection: Connection) -> None:
    texts = {
        name: f"{name} {ODD}"
        for name, kind in WatcherRow.__annotations__.items()
        if kind in ("str", "str | None")
    }
    numbers = dict.fromkeys(("local_cseq", "remote_cseq", "version"), 2**32 - 1)
    row = watcher(2**40, **texts, **numbers, expires=2**33, created=2**33, status=2, settled=False)
    plain = watcher(3)
    await store(connection, [row, plain])
    assert await watchers(connection) == [plain, row]


async def test_every_field_of_a_state_comes_back(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3, ODD, instance=ODD, position=7)])
    texts = {name: f"{name} {ODD}" for name, kind in StateRow.__annotations__.items() if kind == "str"}
    numbers = {
        "expires": 2**33,
        "auth_state": 4,
        "be_local_cseq": 2**32,
        "be_remote_cseq": 2**32,
        "be_code": 606,
    }
    written = state(30, OCTETS, **texts, **numbers)
    await write(connection, states(written), OWNER, SLICES)
    (read,) = await presentities(connection)
    assert {field: getattr(read, field) for field in StateRow._fields} == written._asdict()
    assert (read.watcher_id, read.resource_uri, read.instance, read.position, read.be_request_uri) == (
        3, ODD, ODD, 7, ODD,
    )  # fmt: skip


@pytest.mark.req("R4662-7.3-1")
@pytest.mark.parametrize("body", [None, b"", b"\0", OCTETS, b"\xff" * 100_000], ids=repr)
async def test_bodies_are_octets(connection: Connection, body: bytes | None) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3)])
    await write(connection, states(state(30, body)), OWNER, SLICES)
    assert [row.presence_state for row in await presentities(connection)] == [body]


async def test_a_back_end_that_never_answered_has_no_state(connection: Connection) -> None:
    await store(connection, [watcher(3)], [presentity(30, 3)])
    (row,) = await presentities(connection)
    assert (row.presence_state, row.auth_state, row.be_code, row.be_remote_cseq) == (None, 0, 0, -1)


async def test_resources_come_in_the_order_of_their_list(connection: Connection) -> None:
    await store(
        connection,
        [watcher(3), watcher(2)],
        [presentity(30, 3, position=2), presentity(31, 3, position=1), presentity(32, 2, position=5)],
    )
    assert [row.id for row in await presentities(connection)] == [32, 31, 30]


async def test_only_what_the_worker_owns_is_read(connection: Connection) -> None:
    await store(connection, [watcher(3), watcher(4, owner=2)], [presentity(30, 3), presentity(40, 4)])
    group = CommitGroup()
    group.notify(NotifyRequest(3, full=True))
    group.notify(NotifyRequest(4, full=True))
    await write(connection, group, OWNER, SLICES)
    assert [row.id for row in await watchers(connection, 2)] == [4]
    assert [row.id for row in await presentities(connection, 2)] == [40]
    assert [row.watcher_id for row in await load.left_to_send(connection, 2)] == [4]


async def test_an_announced_range_is_read_as_it_was_numbered(connection: Connection) -> None:
    await store(connection, [watcher(3)])
    rows = []
    for request in (NotifyRequest(3, True), NotifyRequest(3, False, {8, 9}), NotifyRequest(3, True)):
        group = CommitGroup()
        group.notify(request)
        rows += await write(connection, group, OWNER, SLICES)
    assert await load.outbox_range(connection, OWNER, rows[0].id, rows[1].id) == rows[:2]
    assert sorted(await load.left_to_send(connection, OWNER)) == rows


@pytest_asyncio.fixture
async def ids(transactional_db: None) -> AsyncIterator[IdBlocks]:
    blocks = IdBlocks(connect)
    yield blocks
    await blocks.close()


async def test_ids_are_handed_out_once(ids: IdBlocks) -> None:
    blocks = ids, IdBlocks(connect)
    await asyncio.gather(*(block.reserve(2500) for block in blocks))
    taken = [block.take() for block in blocks for _ in range(2500)]
    assert len(set(taken)) == 5000
    await blocks[1].close()


async def test_reserving_asks_the_database_only_when_it_must(ids: IdBlocks) -> None:
    await ids.reserve(1)
    first = ids.take()
    await ids.close()
    await ids.reserve(BLOCK - 1)
    assert [ids.take() for _ in range(BLOCK - 1)] == list(range(first + 1, first + BLOCK))
    with pytest.raises(IndexError):
        ids.take()


async def test_ids_go_on_after_the_database_was_away(ids: IdBlocks, connection: Connection) -> None:
    await ids.reserve(1)
    first = ids.take()
    ended = await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where pid <> pg_backend_pid() and query like 'select nextval%'"
    )
    assert await ended.fetchall() == [(True,)]
    await ids.reserve(BLOCK)
    assert ids.take() > first

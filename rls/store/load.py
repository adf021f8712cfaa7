"""What a SIP worker reads when it starts: its watchers, their back ends, and what was left to send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, NamedTuple

from psycopg.rows import class_row

from rls.store.commit_group import Connection
from rls.store.numbering import OUTBOX, OutboxRow
from rls.store.rows import WatcherRow


class LoadedPresentity(NamedTuple):
    """A row of rls_presentity as a restarted worker needs it."""

    id: int
    watcher_id: int
    resource_uri: str
    instance: str
    position: int
    presence_state: bytes | None
    content_type: str
    expires: int
    auth_state: int
    reason: str
    be_callid: str
    be_local_tag: str
    be_remote_tag: str
    be_target: str
    be_route: str
    be_local_cseq: int
    be_remote_cseq: int
    be_request_uri: str
    be_code: int
    be_etag: str
    be_omitted: Literal["", "types", "filters"]


WATCHERS = f"select {', '.join(WatcherRow._fields)} from rls_watchers where owner = %b order by id"
PRESENTITIES = f"""
select {", ".join("p." + column for column in LoadedPresentity._fields)}
  from rls_presentity p join rls_watchers w on w.id = p.watcher_id
 where w.owner = %b order by p.watcher_id, p.position, p.id
"""
CLAIMED = f"""
select {OUTBOX} from rls_outbox
 where owner = %b and id between %b and %b order by id
"""
LEFT_TO_SEND = f"select {OUTBOX} from rls_outbox where owner = %b"
MARKS = """
select row_id, max(mark) from rls_changes, unnest(row_ids) row_id
 where owner = %b and mark > 0 group by row_id
"""


async def watchers(connection: Connection, owner: int) -> AsyncIterator[WatcherRow]:
    async with connection.cursor("watchers", row_factory=class_row(WatcherRow)) as cursor:
        await cursor.execute(WATCHERS, (owner,))
        async for row in cursor:
            yield row


async def presentities(connection: Connection, owner: int) -> AsyncIterator[LoadedPresentity]:
    async with connection.cursor("presentities", row_factory=class_row(LoadedPresentity)) as cursor:
        await cursor.execute(PRESENTITIES, (owner,))
        async for row in cursor:
            yield row


async def marks(connection: Connection, owner: int) -> dict[int, int]:
    """Of the states that no tick has claimed yet, by row."""
    cursor = await connection.execute(MARKS, (owner,))
    return dict(await cursor.fetchall())


async def outbox_range(connection: Connection, owner: int, low: int, high: int) -> list[OutboxRow]:
    """The announced NOTIFYs. Never "id > last": another transaction may commit a lower id later."""
    cursor = await connection.execute(CLAIMED, (owner, low, high), prepare=True)
    return [OutboxRow._make(row) for row in await cursor.fetchall()]


async def left_to_send(connection: Connection, owner: int) -> list[OutboxRow]:
    cursor = await connection.execute(LEFT_TO_SEND, (owner,))
    return [OutboxRow._make(row) for row in await cursor.fetchall()]

"""A commit group: all that a SIP worker learned since the last commit, written at once.

The common group (back-end states, their marks, NOTIFYs that were answered) is ONE prepared
statement in autocommit; a group with new or ended watchers is one transaction. See
docs/decisions for the measurements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from psycopg import AsyncConnection

from rls.store.numbering import (
    NUMBER,
    NUMBER_UNSETTLED,
    NotifyRequest,
    OutboxRow,
    array_text,
    number_parameters,
)
from rls.store.rows import PresentityRow, RefreshRow, StateRow, WatcherRow, sql_types

Connection = AsyncConnection[tuple[Any, ...]]

_STATE_TYPES = sql_types(StateRow)
_STATE_SET = ", ".join(f"{column} = u.{column}" for column in StateRow._fields[1:])
_STATE_ARRAYS = ", ".join(f"%b::{kind}[]" for kind in _STATE_TYPES)

STATES = f"""
with u as (
  update rls_presentity p set {_STATE_SET}, updated = 1
    from unnest({_STATE_ARRAYS}) u({", ".join(StateRow._fields)}) where p.id = u.id
), sent as (
  delete from rls_outbox where id = any(%b::int8[])
)
insert into rls_changes (owner, slice, watcher_ids, row_ids)
select %b::int4, s, w::int8[], r::int8[] from unnest(%b::int4[], %b::text[], %b::text[]) u(s, w, r)
"""

_WATCHER_TYPES = sql_types(WatcherRow)
# A group is written again when its commit could not be confirmed: hence "do nothing".
INSERT_WATCHERS = f"""
insert into rls_watchers ({", ".join(WatcherRow._fields)})
select * from unnest({", ".join(f"%b::{kind}[]" for kind in _WATCHER_TYPES)})
on conflict (id) do nothing
"""

_PRESENTITY_TYPES = sql_types(PresentityRow)
INSERT_PRESENTITIES = f"""
insert into rls_presentity ({", ".join(PresentityRow._fields)}, content_type, expires, updated, auth_state,
  reason, be_remote_tag, be_target, be_route, be_local_cseq, be_remote_cseq, be_code)
select u.*, '', 0, 0, 0, '', '', '', '', 0, -1, 0
  from unnest({", ".join(f"%b::{kind}[]" for kind in _PRESENTITY_TYPES)}) u
on conflict (id) do nothing
"""

# In the order of NUMBER, before anything else: a tick that runs beside must not wait in a circle.
LOCK = "select id from rls_watchers where id = any(%b::int8[]) order by id for update"

REFRESH = """
update rls_watchers w
   set contact = u.contact, expires = u.expires, remote_cseq = u.remote_cseq, accept = u.accept, flow = u.flow
  from unnest(%b::int8[], %b::text[], %b::int8[], %b::int8[], %b::text[], %b::text[])
       u(id, contact, expires, remote_cseq, accept, flow)
 where w.id = u.id
"""

POSITIONS = """
update rls_presentity p set position = u.position
  from unnest(%b::int8[], %b::int4[]) u(id, position) where p.id = u.id
"""
DELETE_PRESENTITIES = "delete from rls_presentity where id = any(%b::int8[])"
DELETE_WATCHERS = """
with w as (delete from rls_watchers where id = any(%b::int8[])),
     p as (delete from rls_presentity where watcher_id = any(%b::int8[]))
delete from rls_outbox where watcher_id = any(%b::int8[]) and owner = %b
"""


@dataclass(slots=True)
class CommitGroup:
    """What is to be written; `watchers` of `changes` are told by the next tick of their slice."""

    new_watchers: list[WatcherRow] = field(default_factory=list)
    new_presentities: list[PresentityRow] = field(default_factory=list)
    states: dict[int, StateRow] = field(default_factory=dict)
    changes: list[tuple[int, int]] = field(default_factory=list)
    refreshes: dict[int, RefreshRow] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)
    first: dict[int, NotifyRequest] = field(default_factory=dict)
    notifies: dict[int, NotifyRequest] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    ended_presentities: list[int] = field(default_factory=list)
    ended_watchers: list[int] = field(default_factory=list)

    def notify(self, request: NotifyRequest, *, settled: bool = True) -> None:
        """Ask for an immediate NOTIFY; two for one watcher become one."""
        requests = self.notifies if settled else self.first
        known = requests.setdefault(request.watcher_id, request)
        if known is not request:
            known.merge(request)

    @property
    def only_states(self) -> bool:
        return not (
            self.new_watchers
            or self.new_presentities
            or self.refreshes
            or self.positions
            or self.first
            or self.notifies
            or self.ended_presentities
            or self.ended_watchers
        )

    def apart(self) -> Iterator[tuple[int | None, CommitGroup]]:
        """The same in pieces: first all but the states, then each state with its row id.

        For a group that the database refused: one row's fault must not touch the others.
        """
        yield None, replace(self, states={}, changes=[])
        for row_id, state in self.states.items():
            changes = [change for change in self.changes if change[1] == row_id]
            yield row_id, CommitGroup(states={row_id: state}, changes=changes)

    def known_watchers(self) -> set[int]:
        """Those whose rows are changed, without the new ones."""
        changed = {*self.refreshes, *self.first, *self.notifies, *self.ended_watchers}
        return changed - {row.id for row in self.new_watchers}


def _columns(rows: Iterable[Sequence[Any]], width: int) -> tuple[list[Any], ...]:
    columns = tuple(map(list, zip(*rows, strict=True)))
    return columns or tuple([] for _ in range(width))


def _change_parameters(changes: list[tuple[int, int]], slices: int) -> tuple[list[Any], ...]:
    by_slice: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for watcher_id, row_id in changes:
        watchers, rows = by_slice[watcher_id % slices]
        watchers.append(watcher_id)
        rows.append(row_id)
    return (
        list(by_slice),
        [array_text(watchers) for watchers, _ in by_slice.values()],
        [array_text(rows) for _, rows in by_slice.values()],
    )


async def write(connection: Connection, group: CommitGroup, owner: int, slices: int) -> list[OutboxRow]:
    """Commit the group; returns the NOTIFYs that were numbered. Raises psycopg.Error, nothing written."""
    if group.only_states:
        await _write_states(connection, group, owner, slices)
        return []
    async with connection.transaction():
        return await _write_all(connection, group, owner, slices)


async def _write_states(connection: Connection, group: CommitGroup, owner: int, slices: int) -> None:
    states = _columns(group.states.values(), len(_STATE_TYPES))
    changes = _change_parameters(group.changes, slices)
    await connection.execute(STATES, (*states, group.sent, owner, *changes), prepare=True, binary=True)


async def _write_all(connection: Connection, group: CommitGroup, owner: int, slices: int) -> list[OutboxRow]:
    async def run(query: str, *parameters: Any) -> None:
        await connection.execute(query, parameters, prepare=True)

    if len(known := group.known_watchers()) > 1:
        await run(LOCK, list(known))
    # Before the new rows: a resource may leave a list and come back within one group.
    if ended := set(group.ended_presentities):
        await run(DELETE_PRESENTITIES, list(ended))
    new_presentities = [row for row in group.new_presentities if row.id not in ended]
    if group.new_watchers:
        await run(INSERT_WATCHERS, *_columns(group.new_watchers, len(_WATCHER_TYPES)))
    if new_presentities:
        await run(INSERT_PRESENTITIES, *_columns(new_presentities, len(_PRESENTITY_TYPES)))
    if group.states or group.changes or group.sent:
        await _write_states(connection, group, owner, slices)
    if group.refreshes:
        await run(REFRESH, *_columns(group.refreshes.values(), 6))
    if group.positions:
        await run(POSITIONS, list(group.positions), list(group.positions.values()))
    numbered = await _number(connection, NUMBER_UNSETTLED, group.first)
    numbered += await _number(connection, NUMBER, group.notifies)
    if group.ended_watchers:
        await run(DELETE_WATCHERS, *[group.ended_watchers] * 3, owner)
    return numbered


async def _number(
    connection: Connection, statement: str, requests: dict[int, NotifyRequest]
) -> list[OutboxRow]:
    if not requests:
        return []
    cursor = await connection.execute(statement, number_parameters(requests.values()), prepare=True)
    return [OutboxRow._make(row) for row in await cursor.fetchall()]

"""A commit group: all that a SIP worker learned since the last commit, written at once.

Nearly every group is ONE prepared statement in autocommit; one with ended watchers, or with
parts that rest on each other, is a transaction. See docs/decisions for the measurements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from psycopg import AsyncConnection, AsyncRawCursor

from rls.store.group_statements import Part, presentities, statement, states, watchers
from rls.store.numbering import NotifyRequest, OutboxRow, renewing_parameters
from rls.store.rows import PresentityRow, RefreshRow, StateRow, WatcherRow, arrays, sql_types

Connection = AsyncConnection[tuple[Any, ...]]

# In the order of numbering, before anything else: a tick that runs beside must not wait in a circle.
LOCK = "select id from rls_watchers where id = any(%b::int8[]) order by id for update"

POSITIONS = """
update rls_presentity p set position = u.position
  from unnest(%b::int8[], %b::int4[]) u(id, position) where p.id = u.id
"""
RENEW = f"""
update rls_watchers t set {", ".join(f"{name} = u.{name}" for name in RefreshRow._fields[1:])}
  from unnest({arrays(sql_types(RefreshRow))}) u({", ".join(RefreshRow._fields)})
 where t.id = u.id and t.status <> 3
"""
DELETE_PRESENTITIES = "delete from rls_presentity where id = any(%b::int8[])"
DELETE_WATCHERS = """
with w as (delete from rls_watchers where id = any(%b::int8[])),
     p as (delete from rls_presentity where watcher_id = any(%b::int8[]))
delete from rls_outbox where watcher_id = any(%b::int8[]) and owner = %b
"""


@dataclass(slots=True)
class CommitGroup:
    """What is to be written; `watchers` of `changes` are told by the next tick of their slice. Their
    mark has the number `mark`, which rises from group to group of a worker.

    A refresh comes with the NOTIFY that answers it, a renewal is one that is followed by none.
    """

    new_watchers: list[WatcherRow] = field(default_factory=list)
    new_presentities: list[PresentityRow] = field(default_factory=list)
    states: dict[int, StateRow] = field(default_factory=dict)
    changes: list[tuple[int, int]] = field(default_factory=list)
    refreshes: dict[int, RefreshRow] = field(default_factory=dict)
    renewals: dict[int, RefreshRow] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)
    first: dict[int, NotifyRequest] = field(default_factory=dict)
    notifies: dict[int, NotifyRequest] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    ended_presentities: list[int] = field(default_factory=list)
    ended_watchers: list[int] = field(default_factory=list)
    mark: int = 1

    def notify(self, request: NotifyRequest, *, settled: bool = True) -> None:
        """Ask for an immediate NOTIFY; two for one watcher become one."""
        requests = self.notifies if settled else self.first
        known = requests.setdefault(request.watcher_id, request)
        if known is not request:
            known.merge(request)

    @property
    def stands_alone(self) -> bool:
        """Whether no part needs what another one writes."""
        if self.ended_watchers or self.ended_presentities or self.positions or self.renewals:
            return False
        if self.new_presentities and not self.states.keys().isdisjoint(
            row.id for row in self.new_presentities
        ):
            return False
        return not self.new_watchers or self.notifies.keys().isdisjoint(row.id for row in self.new_watchers)

    def apart(self) -> Iterator[tuple[int | None, CommitGroup]]:
        """The same in pieces: what is about one watcher, or the state of one row, with its id; None: others.

        For a group that the database refused: one row's fault must not touch the others.
        """
        yield None, CommitGroup(sent=self.sent, ended_presentities=self.ended_presentities)
        yield from self._by_watcher().items()
        for row_id, state in self.states.items():
            changes = [change for change in self.changes if change[1] == row_id]
            yield row_id, CommitGroup(states={row_id: state}, changes=changes, mark=self.mark)
        yield None, CommitGroup(positions=self.positions, ended_watchers=self.ended_watchers)

    def _by_watcher(self) -> dict[int, CommitGroup]:
        pieces: dict[int, CommitGroup] = defaultdict(lambda: CommitGroup(mark=self.mark))
        for row in self.new_watchers:
            pieces[row.id].new_watchers.append(row)
        for presentity in self._kept_presentities():
            pieces[presentity.watcher_id].new_presentities.append(presentity)
        for number, request in self.first.items():
            pieces[number].first[number] = request
        for number, request in self.notifies.items():
            pieces[number].notifies[number] = request
        for number, refresh in self.refreshes.items():
            pieces[number].refreshes[number] = refresh
        for number, renewal in self.renewals.items():
            pieces[number].renewals[number] = renewal
        return pieces

    def _kept_presentities(self) -> list[PresentityRow]:
        """A resource may come and leave within one group."""
        gone = set(self.ended_presentities)
        return [row for row in self.new_presentities if row.id not in gone]

    def parts(self, owner: int, slices: int) -> Iterator[Part]:
        """In the order in which they may be run one by one."""
        told = self.first.keys() & {row.id for row in self.new_watchers}
        if self.new_watchers:
            yield watchers(self.new_watchers, told)
        if kept := self._kept_presentities():
            yield presentities(kept)
        if self.states or self.changes or self.sent:
            yield states(self.states.values(), self.sent, owner, self.mark, self.changes, slices)
        if requests := self._requests(told):
            yield Part("numbers", renewing_parameters(self.mark, requests, self.notifies, self.refreshes))

    def _requests(self, told: set[int]) -> dict[int, NotifyRequest]:
        """The NOTIFYs of watchers that have a row already, one for each."""
        requests = {number: request for number, request in self.first.items() if number not in told}
        for number, request in self.notifies.items():
            if number in requests:
                request = replace(request)
                request.merge(requests[number])
            requests[number] = request
        return requests


async def write(connection: Connection, group: CommitGroup, owner: int, slices: int) -> list[OutboxRow]:
    """Commit the group; returns the NOTIFYs that were numbered. Raises psycopg.Error, nothing written."""
    parts = list(group.parts(owner, slices))
    if group.stands_alone:
        return await _run(connection, parts)
    async with connection.transaction():
        return await _one_by_one(connection, group, parts, owner)


async def _run(connection: Connection, parts: Sequence[Part]) -> list[OutboxRow]:
    if not parts:
        await connection.execute("select")  # the connection is seen to hold
        return []
    query = statement(*(part.kind for part in parts))
    parameters = list(chain.from_iterable(part.parameters for part in parts))
    cursor = AsyncRawCursor(connection)
    await cursor.execute(query, parameters, prepare=True, binary=True)
    return [OutboxRow._make(row) for row in await cursor.fetchall()]


async def _one_by_one(
    connection: Connection, group: CommitGroup, parts: Sequence[Part], owner: int
) -> list[OutboxRow]:
    async def run(query: str, *parameters: Any) -> None:
        await connection.execute(query, parameters, prepare=True)

    if known := {*group.refreshes, *group.renewals, *group.first, *group.notifies, *group.ended_watchers}:
        await run(LOCK, list(known))
    # Before the new rows: a resource may leave a list and come back within one group.
    if group.ended_presentities:
        await run(DELETE_PRESENTITIES, group.ended_presentities)
    numbered = [row for part in parts for row in await _run(connection, [part])]
    if group.renewals:
        await run(RENEW, *map(list, zip(*group.renewals.values(), strict=True)))
    if group.positions:
        await run(POSITIONS, list(group.positions), list(group.positions.values()))
    if group.ended_watchers:
        await run(DELETE_WATCHERS, *[group.ended_watchers] * 3, owner)
    return numbered

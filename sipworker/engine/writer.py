"""One writer drains the commit group; what waits for its commit follows afterwards.

Start rule: at once when idle or when a subscription waits; else when enough states wait or some
milliseconds after the last start. Never a plain timer: it would cap a sender that waits for its 200s.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable

import psycopg

from rls.store import commit_group, load
from rls.store.commit_group import CommitGroup, Connection
from rls.store.numbering import OutboxRow
from rls.store.rows import StateRow
from sipworker.engine.age import Age
from sipworker.engine.consequences import Consequences, RowId, Then, Waiting, run
from sipworker.engine.list_subscription import BackEnd

log = logging.getLogger("rls.writer")

REFUSALS = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,  # too long for an index
    UnicodeError,
)
"""What trying again does not mend. Everything else is waited out: nothing was acknowledged."""
FLUSH_AFTER = 0.5
"""Seconds after which answered NOTIFYs are deleted when nothing else is to be written."""
MAX_PAUSE = 5.0


class Writer:
    """`group` is what is being collected; after(callback) runs when it is committed.

    `updates` counts the states of back ends that were committed.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        numbered: Callable[[list[OutboxRow], float], None],
        *,
        owner: int,
        slices: int,
        enough: int,
        gap: float,
    ) -> None:
        self._connect = connect
        self._numbered = numbered
        self._owner = owner
        self._slices = slices
        self._enough = enough
        self._gap = gap
        self.begin(1)
        self.commits = 0
        self.updates = 0
        self.unreachable = False
        self.age = Age()
        self._under_way: Consequences | None = None
        self._work = asyncio.Event()
        self._full = asyncio.Event()
        self._flush: asyncio.TimerHandle | None = None
        self._stopping = False

    def begin(self, mark: int) -> None:
        """An empty group, whose marks have this number: higher than any before."""
        self.group = CommitGroup(mark=mark)
        self._due = Consequences(mark)

    @property
    def backlog(self) -> int:
        return len(self._due.waiting)

    def after(self, callback: Then, row_id: int | None = None) -> None:
        """Run `callback(now)` once the present group is committed, and see that it is soon.

        `row_id`: it waits for that state only; without, it is not kept waiting.
        """
        self._wait(Waiting(row_id, callback))
        if row_id is None:
            self._full.set()

    def subscription(self, watcher_id: int, committed: Then, refused: Then) -> None:
        """The same for what the present group says of a subscription, which is not kept waiting: one of both
        is run."""
        self._wait(Waiting(watcher_id, committed, refused))
        self._full.set()

    def _wait(self, waiting: Waiting) -> None:
        due = self._due.waiting
        if not due:
            self.age.begin(asyncio.get_running_loop().time())
        due.append(waiting)
        self._work.set()
        if len(due) >= self._enough:
            self._full.set()

    def store(self, back_end: BackEnd, row: StateRow) -> None:
        """The state goes with the present group, and is shown to its watcher once that is committed."""
        self.group.states[row.id] = row
        self._due.states[back_end] = back_end.instance

    def mark(self, back_end: BackEnd) -> None:
        """The next tick is to tell the state that was stored."""
        self.group.changes.append((back_end.watcher.id, back_end.row_id))
        self._due.marked.add(back_end)

    def settled(self, callback: Then) -> None:
        """Run `callback(now)` when no commit is under way: all that others have read is known here too."""
        if self._under_way is None:
            callback(asyncio.get_running_loop().time())
        else:
            self._under_way.settled.append(callback)

    def wake(self) -> None:
        """A watcher is to be told something: not at the next tick, but now."""
        self._work.set()
        self._full.set()

    def sent(self, outbox_id: int) -> None:
        """A NOTIFY was answered: its outbox row goes with the next group."""
        self.group.sent.append(outbox_id)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(FLUSH_AFTER, self._flush_now)

    def _flush_now(self) -> None:
        self._flush = None
        self._work.set()

    def stop(self) -> None:
        """Let run() write what is there and return."""
        self._stopping = True
        self._work.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        connection = await self._connect()
        started = -math.inf  # the clock may have begun a moment ago, with the machine
        while True:
            await self._work.wait()
            await self._pause(started + self._gap - loop.time())
            self._work.clear()
            self._full.clear()
            group, due = self.group, self._due
            self.begin(group.mark + 1)
            self.age.take()
            started = loop.time()
            self._under_way = due
            try:
                connection, rows = await self._write(connection, group)
                due.follow(loop.time())
                self._number(rows)
            except REFUSALS:
                connection = await self._write_apart(connection, group, due)
            self._settle(due)
            self.age.done()
            self.commits += 1
            self.updates += len(group.states)
            if self._stopping and not self._work.is_set():
                await connection.close()
                return

    def _settle(self, due: Consequences) -> None:
        self._under_way = None
        now = asyncio.get_running_loop().time()
        for callback in due.settled:
            run(callback, now)

    def _number(self, rows: list[OutboxRow]) -> None:
        if rows:
            self._numbered(rows, asyncio.get_running_loop().time())

    async def _write_apart(self, connection: Connection, group: CommitGroup, due: Consequences) -> Connection:
        """The database refuses something in the group: leave that out, write the rest."""
        refused: set[RowId] = set()
        numbered: list[OutboxRow] = []
        for row_id, piece in group.apart():
            try:
                connection, rows = await self._write(connection, piece)
                numbered += rows
            except REFUSALS as error:
                log.error("refused by the database, dropped", extra={"row": row_id, "error": _named(error)})
                refused.add(row_id)
        due.follow(asyncio.get_running_loop().time(), refused)
        self._number(numbered)
        return connection

    async def _pause(self, seconds: float) -> None:
        if seconds <= 0 or self._full.is_set() or self._stopping:
            return
        handle = asyncio.get_running_loop().call_later(seconds, self._full.set)
        await self._full.wait()
        handle.cancel()

    async def _write(self, connection: Connection, group: CommitGroup) -> tuple[Connection, list[OutboxRow]]:
        """Until it is written: nothing of it was acknowledged, so nobody is told a lie by waiting.

        Raises one of REFUSALS, nothing written.
        """
        pause, unsure = 0.1, False
        while True:
            try:
                rows = await commit_group.write(connection, group, self._owner, self._slices)
                self.unreachable = False
                if unsure:  # the first try may have been committed, and what it numbered goes first
                    rows = await load.left_to_send(connection, self._owner)
                    log.info("written after all")
                return connection, rows
            except REFUSALS:
                raise
            except psycopg.Error as error:
                level = logging.DEBUG if unsure else logging.ERROR
                log.log(level, "not written, will try again", extra={"error": str(error).strip()})
            unsure = self.unreachable = True
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)
            connection = await self._reconnect(connection)

    async def _reconnect(self, connection: Connection) -> Connection:
        """Raises Superseded."""
        try:
            await connection.close()
            return await self._connect()
        except psycopg.Error:
            return connection


def _named(error: Exception) -> str:
    """Without PostgreSQL's DETAIL, which has the row in it: states and names are not for logs."""
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return said or type(error).__name__

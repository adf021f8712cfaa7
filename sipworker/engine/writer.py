"""One writer drains the commit group; what waits for its commit is told afterwards.

Start rule: at once when idle; else when enough waits or some milliseconds after the last
start. Never a plain timer: it would cap a sender that waits for its 200s.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import psycopg

from rls.store import commit_group, load
from rls.store.commit_group import CommitGroup, Connection
from rls.store.numbering import OutboxRow

log = logging.getLogger("rls.writer")

Committed = Callable[[float], None]
FLUSH_AFTER = 0.5
"""Seconds after which answered NOTIFYs are deleted when nothing else is to be written."""
MAX_PAUSE = 5.0


class Writer:
    """`group` is what is being collected; after(callback) runs when it is committed."""

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
        self.group = CommitGroup()
        self.commits = 0
        self._callbacks: list[Committed] = []
        self._work = asyncio.Event()
        self._full = asyncio.Event()
        self._flush: asyncio.TimerHandle | None = None
        self._stopping = False

    @property
    def backlog(self) -> int:
        return len(self._callbacks)

    def after(self, callback: Committed) -> None:
        """Run `callback(now)` once the present group is committed, and see that it is soon."""
        self._callbacks.append(callback)
        self._work.set()
        if len(self._callbacks) >= self._enough:
            self._full.set()

    def wake(self) -> None:
        """Something was added to the group that nobody waits for."""
        self._work.set()

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
        started = 0.0
        while True:
            await self._work.wait()
            await self._pause(started + self._gap - loop.time())
            self._work.clear()
            self._full.clear()
            group, self.group = self.group, CommitGroup()
            callbacks, self._callbacks = self._callbacks, []
            started = loop.time()
            connection, rows = await self._write(connection, group)
            self.commits += 1
            if rows is not None:
                self._tell(callbacks, rows, loop.time())
            if self._stopping and not self._work.is_set():
                await connection.close()
                return

    def _tell(self, callbacks: list[Committed], rows: list[OutboxRow], now: float) -> None:
        for callback in callbacks:
            try:
                callback(now)
            except Exception:
                log.exception("what waited for a commit failed")
        if rows:
            self._numbered(rows, now)

    async def _pause(self, seconds: float) -> None:
        if seconds <= 0 or self._full.is_set() or self._stopping:
            return
        handle = asyncio.get_running_loop().call_later(seconds, self._full.set)
        await self._full.wait()
        handle.cancel()

    async def _write(
        self, connection: Connection, group: CommitGroup
    ) -> tuple[Connection, list[OutboxRow] | None]:
        """Until it is written: nothing of it was acknowledged, so nobody is told a lie by waiting.

        None for a group that the database refuses: it stays without an answer.
        """
        pause, unsure = 0.1, False
        while True:
            try:
                rows = await commit_group.write(connection, group, self._owner, self._slices)
                if unsure:  # the first try may have been committed, and what it numbered goes first
                    rows = await load.left_to_send(connection, self._owner)
                return connection, rows
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.error("database unreachable, will try again", extra={"error": str(error).strip()})
            except (psycopg.Error, UnicodeError):
                # Data that the database refuses would block everything behind it for ever.
                log.exception("commit group refused, dropped")
                return connection, None
            unsure = True
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)
            connection = await self._reconnect(connection)

    async def _reconnect(self, connection: Connection) -> Connection:
        try:
            await connection.close()
            return await self._connect()
        except psycopg.Error:
            return connection

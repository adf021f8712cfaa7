"""One process serves a worker's number; another that is started with it stands by and takes over.

The lock belongs to the session that commits: who has lost it can write nothing, and so
acknowledges nothing, whether it is dead, cut off or only slow.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg

from rls.store import ownership
from rls.store.commit_group import Connection

log = logging.getLogger("rls.ownership")

LOOK_AGAIN = 1.0
"""Seconds between two looks of a process that stands by."""
GHOST_LIMIT = 20
"""Looks, 0.1 s apart, for the end of our own lost session."""


class Superseded(Exception):
    """Another process serves this worker's number."""


class Ownership:
    """`await acquire()` first; connect() is then for the writer."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], number: int) -> None:
        self._connect = connect
        self._number = number
        self._held: Connection | None = None
        self._pid = 0

    async def acquire(self, stopped: asyncio.Event) -> None:
        """Wait until nobody else serves the number, or `stopped`.

        Raises psycopg.Error if the database is away at first.
        """
        self._held = await self._try()
        if self._held is None:
            log.info("standing by: another process serves this worker", extra={"worker": self._number})
        while self._held is None and not stopped.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), LOOK_AGAIN)
            try:
                self._held = await self._try()
            except psycopg.Error:
                log.debug("standing by without a database")

    async def connect(self) -> Connection:
        """A connection that may write. Raises psycopg.Error, Superseded."""
        held, self._held = self._held, None
        for _ in range(GHOST_LIMIT):
            if held is not None:
                return held
            held = await self._try()
        raise Superseded(f"another process serves worker {self._number}")

    async def _try(self) -> Connection | None:
        connection = await self._connect()
        holder = await ownership.lock(connection, self._number)
        if holder is None:
            self._pid = connection.info.backend_pid
            return connection
        ours = holder == self._pid
        if ours:  # the connection broke, and the database has not noticed
            await ownership.end_session(connection, holder)
            await asyncio.sleep(0.1)
        await connection.close()
        if self._pid and not ours:
            raise Superseded(f"another process serves worker {self._number}")
        return None

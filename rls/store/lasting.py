"""A connection that lasts: for questions, which may be asked twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg

from rls.store.commit_group import Connection

T = TypeVar("T")


class Lasting:
    """Opened when it is first needed, and anew when it has died since it was used last."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._connection: Connection | None = None

    async def run(self, question: Callable[[Connection], Awaitable[T]]) -> T:
        """What `question(connection)` returns, on a new connection if the first try fails.

        Raises psycopg.Error when the database is away.
        """
        if self._connection is not None:
            try:
                return await question(self._connection)
            except psycopg.OperationalError:
                await self._connection.close()
        self._connection = await self._connect()
        return await question(self._connection)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

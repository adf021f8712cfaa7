"""Row ids for a SIP worker: taken from the sequence in blocks, so that no insert reads one back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from rls.store.commit_group import Connection
from rls.store.lasting import Lasting

BLOCK = 1000
"""The increment of the sequence rls_ids."""


class IdBlocks:
    """Hands out ids; `reserve(n)` makes sure that n are there without a further query."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connection = Lasting(connect)
        self._free: list[range] = []
        self._available = 0

    async def reserve(self, count: int) -> None:
        """Raises psycopg.Error when the database is away."""
        while self._available < count:
            first = await self._connection.run(self._next_block)
            self._free.append(range(first, first + BLOCK))
            self._available += BLOCK

    @staticmethod
    async def _next_block(connection: Connection) -> int:
        cursor = await connection.execute("select nextval('rls_ids')")
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def close(self) -> None:
        await self._connection.close()

    def take(self) -> int:
        """The next id. Raises IndexError if too few were reserved."""
        block = self._free[0]
        number = block[0]
        self._available -= 1
        if len(block) == 1:
            del self._free[0]
        else:
            self._free[0] = block[1:]
        return number

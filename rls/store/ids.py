"""Row ids for a SIP worker: taken from the sequence in blocks, so that no insert reads one back."""

from __future__ import annotations

from rls.store.commit_group import Connection

BLOCK = 1000
"""The increment of the sequence rls_ids."""


class IdBlocks:
    """Hands out ids; `reserve(n)` makes sure that n are there without a further query."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._free: list[range] = []
        self._available = 0

    async def reserve(self, count: int) -> None:
        while self._available < count:
            cursor = await self._connection.execute("select nextval('rls_ids')")
            row = await cursor.fetchone()
            assert row is not None
            self._free.append(range(row[0], row[0] + BLOCK))
            self._available += BLOCK

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

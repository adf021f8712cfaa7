"""What a worker keeps in memory of the database: read at the start, and again when it has changed."""

from __future__ import annotations

import asyncio
import logging

from django.db import DatabaseError

log = logging.getLogger("rls.renewal")

RETRY = 2.0


class Renewal:
    """load() reads it; changed() has run() do so."""

    what = ""
    """Its name in the log."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    async def load(self) -> None:
        """Raises DatabaseError."""
        raise NotImplementedError

    def changed(self, payload: str = "") -> None:
        self._changed.set()

    async def run(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.load()
            except DatabaseError:
                log.exception(f"{self.what} cannot be read, will try again")
                await asyncio.sleep(RETRY)
                self._changed.set()

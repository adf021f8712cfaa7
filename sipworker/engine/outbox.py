"""Listens to the database: NOTIFYs numbered by a tick, lists and profiles that changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

import psycopg

from rls.store import load
from rls.store.commit_group import Connection
from rls.store.numbering import OutboxRow

log = logging.getLogger("rls.outbox")

RETRY = 1.0


class Listener:
    """`deliver(rows, now)` gets what ticks numbered; `channels` are called with the payloads of theirs.

    After a lost connection everything that may have been missed is looked at again:
    `missed()` is called, and all rows of the outbox are delivered.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        owner: int,
        deliver: Callable[[Iterable[OutboxRow], float], None],
        channels: Mapping[str, Callable[[str], None]],
        missed: Callable[[], None],
    ) -> None:
        self._connect = connect
        self._owner = owner
        self._deliver = deliver
        self._channels = channels
        self._missed = missed
        self.listening = asyncio.Event()
        self._connected = True

    async def run(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                if self._connected:
                    log.error("connection lost, will listen again", extra={"error": str(error).strip()})
                self._connected = False
                self.listening.clear()
                await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        async with await self._connect() as connection, await self._connect() as reader:
            for channel in (f"rls_outbox_{self._owner}", *self._channels):
                await connection.execute(f"listen {channel}")
            self._hand_on(await load.left_to_send(reader, self._owner))
            self._missed()
            if not self._connected:
                log.info("listens again")
            self._connected = True
            self.listening.set()
            async for notification in connection.notifies():
                if heard := self._channels.get(notification.channel):
                    heard(notification.payload)
                else:
                    low, _, high = notification.payload.partition(":")
                    self._hand_on(await load.outbox_range(reader, self._owner, int(low), int(high)))

    def _hand_on(self, rows: list[OutboxRow]) -> None:
        if rows:
            self._deliver(rows, asyncio.get_running_loop().time())

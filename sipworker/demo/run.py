"""The demo on its sockets: the presence agent and the phones."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from sipworker.demo import phone as phones
from sipworker.demo.phone import Phone
from sipworker.demo.presence_agent import EVENTS, PresenceAgent
from sipworker.endpoint import Endpoint, listeners
from sipworker.sip.flow import Address
from sipworker.watchlist.options import Options

log = logging.getLogger("rls.demo")

FAREWELL = 2.0
"""Seconds that stopping phones wait for their final NOTIFYs."""
ROUND = 0.1


@dataclass(frozen=True, slots=True)
class Demo:
    """`presence` is where the presence agent listens (None: there is none); `phones` one each."""

    presence: Address | None
    phones: Sequence[Options]
    domain: str
    users: Sequence[str]
    seed: int = 0
    rate: float = 1.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises OSError if the presence agent's address cannot be opened."""
        async with AsyncExitStack() as stack:
            if self.presence is not None:
                await self._start_presence_agent(stack, self.presence)
            running = await self._start_phones(stack)
            await stop.wait()
            await _hang_up(running)

    async def _start_presence_agent(self, stack: AsyncExitStack, address: Address) -> None:
        presence = PresenceAgent(self.domain, self.users, seed=self.seed, rate=self.rate)
        endpoint = await stack.enter_async_context(
            Endpoint(listeners(*address), presence.observe, contact_user="presence", events=EVENTS)
        )
        presence.start(endpoint.agent, endpoint.now)
        log.info("presence agent runs", extra={"address": address, "contacts": len(self.users)})

    async def _start_phones(self, stack: AsyncExitStack) -> list[Phone]:
        if not self.phones:
            return []
        local = "::1" if "sip:[" in self.phones[0].server else "127.0.0.1"
        endpoint = await stack.enter_async_context(
            Endpoint(
                listeners(local),
                phones.observe,
                contact_user="phone",
                extensions=("eventlist",),
            )
        )
        running = [Phone(endpoint.agent, options) for options in self.phones]
        for phone in running:
            phone.start(endpoint.now)
        return running


async def _hang_up(running: list[Phone]) -> None:
    loop = asyncio.get_running_loop()
    for phone in running:
        phone.stop(loop.time())
    end = loop.time() + FAREWELL
    while any(phone.subscription for phone in running) and loop.time() < end:
        await asyncio.sleep(ROUND)

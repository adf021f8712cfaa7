"""The phone profiles in memory: read at the start, and again when an operator changes one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from rls.domain.profile import Profile, Profiles
from rls.models import CompatibilityProfile

log = logging.getLogger("rls.profiles")

RETRY = 2.0


class KnownProfiles:
    """`renewed()` is called when they have been read anew."""

    def __init__(self, renewed: Callable[[], None]) -> None:
        self._renewed = renewed
        self._profiles = Profiles()
        self._changed = asyncio.Event()

    def of(self, user_agent: str | None) -> Profile:
        return self._profiles.of(user_agent or "")

    def changed(self, payload: str = "") -> None:
        self._changed.set()

    async def load(self) -> None:
        """Raises DatabaseError."""
        self._profiles = Profiles(await _read())
        self._renewed()

    async def run(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.load()
            except DatabaseError:
                log.exception("profiles cannot be read, will try again")
                await asyncio.sleep(RETRY)
                self._changed.set()


@sync_to_async
def _read() -> list[Profile]:
    close_old_connections()
    return [row.profile() for row in CompatibilityProfile.objects.filter(enabled=True)]

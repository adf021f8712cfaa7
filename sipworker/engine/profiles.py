"""The phone profiles in memory."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from rls.domain.profile import Profile, Profiles
from rls.models import CompatibilityProfile
from sipworker.engine.renewal import Renewal


class KnownProfiles(Renewal):
    """`renewed()` is called when they have been read anew."""

    what = "profiles"

    def __init__(self, renewed: Callable[[], None]) -> None:
        super().__init__()
        self._renewed = renewed
        self._profiles = Profiles()

    def of(self, user_agent: str | None) -> Profile:
        return self._profiles.of(user_agent or "")

    async def load(self) -> None:
        """Raises DatabaseError."""
        self._profiles = Profiles(await _read())
        self._renewed()


@sync_to_async
def _read() -> list[Profile]:
    close_old_connections()
    return [row.profile() for row in CompatibilityProfile.objects.filter(enabled=True)]

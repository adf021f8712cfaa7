"""Lists of ours that go on at foreign servers (`<external>`), while they are subscribed to."""

from __future__ import annotations

from collections.abc import Collection

from rls.domain.lists import NotFetched
from sipworker.engine.directory import Found, resolve_services
from sipworker.engine.foreign_documents import ForeignKeeper
from xcap.foreign.references import Externals
from xcap.foreign.roots import Roots
from xcap.resolution import Sought


class ExternalLists:
    """Resolves by what was known last of the foreign documents, and fetches only the unknown."""

    def __init__(self, keeper: ForeignKeeper, roots: Roots) -> None:
        self._keeper = keeper
        self._roots = roots

    async def resolve_all(self, wanted: Collection[Sought]) -> dict[Sought, Found]:
        """Raises DatabaseError."""
        fetching = self._keeper.last()
        externals = Externals(self._roots, fetching.look)
        found = await resolve_services(wanted, externals)
        while missing := {sought for sought, each in found.items() if isinstance(each, NotFetched)}:
            for url in {each.url for each in found.values() if isinstance(each, NotFetched)}:
                await fetching.fetch(url)
            found |= await resolve_services(missing, externals)
        return found

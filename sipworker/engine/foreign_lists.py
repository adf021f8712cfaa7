"""Lists on foreign XCAP servers (HTTP mode), looked up without keeping anybody else waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from urllib.parse import unquote

from rls.domain.lists import NotFetched, UnresolvableReference
from rls.domain.uri import InvalidUri, SipUri
from rls.store.ids import IdBlocks
from sipworker.engine.directory import answered
from sipworker.engine.foreign_documents import Fetching, ForeignKeeper
from xcap.foreign.client import Unreachable
from xcap.foreign.lookup import ForeignLookup
from xcap.resolution import Resolution, ResolvedService, Sought

log = logging.getLogger("rls.xcap_root")

Done = Callable[[Resolution | Unreachable, float], None]


class ForeignLists:
    """ask() for a SUBSCRIBE, resolve_all() for running subscriptions."""

    def __init__(self, keeper: ForeignKeeper, lookup: ForeignLookup, ids: IdBlocks) -> None:
        self._keeper = keeper
        self._lookup = lookup
        self._ids = ids
        self._waiting: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many look-ups are under way."""
        return len(self._waiting)

    def sought(self, uri: str, identity: str) -> Sought:
        return self._lookup.sought(uri, _user(identity))

    def ask(self, uri: str, identity: str, done: Done) -> None:
        """`done(answer, now)` is called when the servers have been asked."""
        task = asyncio.get_running_loop().create_task(self._answer(self.sought(uri, identity), done))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _answer(self, sought: Sought, done: Done) -> None:
        answer: Resolution | Unreachable
        try:
            answer = await self._resolve(sought, self._keeper.fetching())
            if isinstance(answer, ResolvedService):
                await self._ids.reserve(1 + answer.size())
        except Unreachable as error:
            answer = error
        except Exception as error:
            log.exception("a foreign list cannot be looked up", extra={"list": sought.uri})
            answer = Unreachable(str(error))
        answered(done, answer, asyncio.get_running_loop().time())

    async def _resolve(self, sought: Sought, fetching: Fetching) -> Resolution:
        """Raises Unreachable."""
        try:
            async with asyncio.timeout(self._keeper.timeout):
                while True:
                    try:
                        return self._lookup.resolve(sought, fetching.look)
                    except NotFetched as missing:
                        await fetching.fetch(missing.url)
        except TimeoutError:
            raise Unreachable(f"not looked up within {self._keeper.timeout:g} s") from None

    async def resolve_all(self, wanted: Collection[Sought]) -> dict[Sought, Resolution]:
        """By what was known last."""
        return {sought: await self._last(sought) for sought in wanted}

    async def _last(self, sought: Sought) -> Resolution:
        try:
            return await self._resolve(sought, self._keeper.last())
        except Unreachable as error:
            return UnresolvableReference(str(error))

    async def close(self) -> None:
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)


def _user(identity: str) -> str:
    """user@domain, as XCAP servers name trees: the user's case tells users apart."""
    try:
        uri = SipUri.parse(identity)
    except InvalidUri:
        return ""
    return f"{unquote(uri.user or '')}@{uri.host.lower()}"

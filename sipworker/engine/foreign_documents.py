"""Documents on foreign XCAP servers: fetched for a SUBSCRIBE, looked after while lists rest on them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress

from django.db import DatabaseError

from rls.domain.lists import NotFetched
from sipworker.engine.options import Foreign
from xcap.foreign import stored
from xcap.foreign.client import Unreachable, clients
from xcap.foreign.documents import ForeignDocuments, Known

log = logging.getLogger("rls.xcap_root")

FRESH = 1.0
"""Seconds for which a document that was fetched serves other subscriptions without a question."""
TURN = 1.0
"""Seconds between two looks for documents that are due."""
AT_ONCE = 64
"""Documents that are asked for in one turn, at most, before the next are looked for."""
MOST_UNSAVED = 1000
"""Documents of lists that nobody subscribed to after all, until they are forgotten."""


class Fetching:
    """What one look-up may see; what is missing can be fetched, and what failed is not asked for twice."""

    def __init__(self, documents: ForeignDocuments, current: Callable[[str], Known | None]) -> None:
        self._documents = documents
        self._current = current
        self._failures: dict[str, Unreachable] = {}

    def look(self, url: str) -> Known:
        """Raises NotFetched, Unreachable."""
        if url in self._failures:
            raise self._failures[url]
        known = self._current(url)
        if known is None:
            raise NotFetched(url)
        return known

    async def fetch(self, url: str) -> None:
        """After that look() says what there is, or why nothing can be said."""
        try:
            await self._documents.renew([url])
        except Unreachable as error:
            self._failures[url] = error


class ForeignKeeper:
    """`changed(url)` is called when a document is found to be another; run() stores it for worker `owner`."""

    def __init__(
        self, options: Foreign, owner: int, clock: Callable[[], float], changed: Callable[[str], None]
    ) -> None:
        self.timeout = options.timeout
        self._owner = owner
        self._clock = clock
        self._poll = options.poll
        self._absent = options.absent
        self._tell = changed
        reachable = clients(
            options.roots.all,
            token=options.token,
            ca_file=options.ca_file,
            timeout=options.timeout,
            limit=options.largest,
        )
        self._documents = ForeignDocuments(options.roots, reachable, clock, self._changed)
        self._unsaved: set[str] = set()

    def fetching(self) -> Fetching:
        """For a new subscription: it sees nothing old."""
        now = self._clock()
        return Fetching(
            self._documents, lambda url: self._documents.current(url, now - FRESH, now - self._absent)
        )

    def last(self) -> Fetching:
        """For running subscriptions: a server that fails or talks nonsense changes nothing."""
        return Fetching(self._documents, self._documents.last)

    async def load(self) -> None:
        """Take up what was known before a restart. Raises DatabaseError."""
        for url, (body, etag) in (await stored.load(self._owner)).items():
            self._documents.remember(url, body, etag)

    def _changed(self, url: str, before: bool) -> None:
        self._unsaved.add(url)
        if before:  # else no list rests on it yet
            self._tell(url)

    async def run(self, used: Callable[[], Collection[str]]) -> None:
        """Ask for each document in use again, now and then, and store what is new."""
        while True:
            await asyncio.sleep(TURN)
            urls = used()
            await self.check(self._documents.older(urls, self._poll)[:AT_ONCE])
            if self._unsaved & set(urls) or len(self._unsaved) > MOST_UNSAVED:
                await self._save(urls)

    async def check(self, urls: Collection[str]) -> None:
        """Ask for these now."""
        await asyncio.gather(*(self._check(url) for url in urls))

    async def _check(self, url: str) -> None:
        with suppress(Unreachable):  # it was logged, and its turn comes again
            await self._documents.renew([url], insist=True)

    async def _save(self, used: Collection[str]) -> None:
        found = {
            url: (known.body, known.etag)
            for url in self._unsaved & set(used)
            if (known := self._documents.last(url)) and known.body is not None
        }
        try:
            await stored.save(self._owner, found, used)
        except DatabaseError as error:
            log.error(
                "foreign documents cannot be stored, will try again", extra={"error": str(error).strip()}
            )
        else:
            self._unsaved.clear()

    async def close(self) -> None:
        await self._documents.close()

"""What is known of foreign documents: asked for again when it is old, kept when the server fails."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rls.domain import xmlinput
from xcap.foreign.client import Client, Reply, Unreachable
from xcap.foreign.roots import Roots
from xcap.namespaces import RESOURCE_LISTS_NS

log = logging.getLogger("rls.xcap_root")

_KEPT: Final = 10_000
_PAUSE: Final = 5.0
"""Seconds for which a server that failed is not asked on behalf of new subscriptions."""


@dataclass(frozen=True, slots=True)
class Known:
    """The document as it was last found; `body` None: there is none. `checked`: loop time in seconds.

    `spoiled`: the server sends something now that is no XML; the body is the one from before.
    """

    body: bytes | None
    etag: str
    checked: float
    spoiled: str = ""


class ForeignDocuments:
    """`changed(url, before)` is called for each document that is found to differ from what was known;
    `before`: anything was known."""

    def __init__(
        self,
        roots: Roots,
        clients: Mapping[str, Client],
        clock: Callable[[], float],
        changed: Callable[[str, bool], None],
    ) -> None:
        self._roots = roots
        self._clients = clients
        self._clock = clock
        self._changed = changed
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Known]] = {}
        self._failed: dict[str, float] = {}
        self._in_vain: dict[str, float] = {}

    def current(self, url: str, since: float, absent_since: float) -> Known | None:
        """What is known of a document, if it was asked for since then (a missing one: `absent_since`)."""
        known = self._known.get(url)
        if known is None or known.checked < (absent_since if known.body is None else since):
            return None
        return known

    def last(self, url: str) -> Known | None:
        """The last good state of a document, however old."""
        known = self._known.get(url)
        return known if known is None or known.body is None else replace(known, spoiled="")

    def remember(self, url: str, body: bytes, etag: str) -> None:
        """From before a restart: it will be asked for again."""
        self._known[url] = Known(body, etag, float("-inf"))

    async def renew(self, urls: Collection[str], *, insist: bool = False) -> None:
        """Ask for all of these; those that are asked for already are not asked for twice.

        A server that failed a moment ago is left alone unless we `insist`. Raises Unreachable.
        """
        # Somebody who waits no longer takes nothing away from others.
        tasks = [asyncio.shield(self._task(url, insist)) for url in urls]
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    def _task(self, url: str, insist: bool) -> asyncio.Task[Known]:
        task = self._under_way.get(url)
        if task is None:
            task = self._under_way[url] = asyncio.get_running_loop().create_task(self._ask(url, insist))
            task.add_done_callback(lambda done: self._asked_for(url, done))
        return task

    def _asked_for(self, url: str, done: asyncio.Task[Known]) -> None:
        self._under_way.pop(url, None)
        if not done.cancelled():
            done.exception()  # perhaps nobody waits for it any more

    async def _ask(self, url: str, insist: bool) -> Known:
        root = self._roots.of(url)
        if root is None:
            raise Unreachable(f"{url} is below no XCAP root that may be asked")
        if not insist and self._clock() < self._failed.get(root.url, float("-inf")) + _PAUSE:
            raise Unreachable(f"{root.host} failed a moment ago")
        before = self._known.get(url)
        try:
            reply = await self._clients[root.url].get(url, before.etag if before else "")
        except Unreachable as error:
            self._fails(root.url, str(error))
            if insist:
                self._in_vain[url] = self._clock()
            raise
        self._in_vain.pop(url, None)
        self._works(root.url)
        return self._learn(url, before, reply)

    def _learn(self, url: str, before: Known | None, reply: Reply) -> Known:
        now = self._clock()
        spoiled = ""
        if not reply.changed and before is not None:
            body, etag, spoiled = before.body, before.etag, before.spoiled
        else:
            body, etag = reply.body, reply.etag
            if body is not None and (spoiled := _spoiled(body)):
                body, etag = (before.body, "") if before else (None, "")
                if before is None or before.spoiled != spoiled:
                    log.error("a foreign document is no XML", extra={"url": url, "why": spoiled})
        known = self._known[url] = Known(body, etag, now, spoiled)
        self._known.move_to_end(url)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        if before is None or before.body != body:
            self._changed(url, before is not None)
        return known

    def _fails(self, root: str, why: str) -> None:
        if root not in self._failed:
            log.error("a foreign XCAP server fails; lists stay as they are", extra={"root": root, "why": why})
        self._failed[root] = self._clock()

    def _works(self, root: str) -> None:
        if self._failed.pop(root, None) is not None:
            log.info("a foreign XCAP server answers again", extra={"root": root})

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()

    def older(self, urls: Iterable[str], age: float) -> list[str]:
        """Those that were not asked for in the last `age` seconds, the oldest first."""
        limit = self._clock() - age
        asked = {url: self._asked(url) for url in urls}
        return sorted((url for url, when in asked.items() if when <= limit), key=asked.__getitem__)

    def _asked(self, url: str) -> float:
        """When it was asked for last, with or without success."""
        known = self._known.get(url)
        return max(known.checked if known else float("-inf"), self._in_vain.get(url, float("-inf")))


def _spoiled(body: bytes) -> str:
    """What is wrong with a document or a fragment of one."""
    try:
        xmlinput.parse_fragment(body, RESOURCE_LISTS_NS)
    except xmlinput.MalformedXml as error:
        return str(error)
    return ""

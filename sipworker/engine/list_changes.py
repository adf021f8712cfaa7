"""A stored list changed: bring the running subscriptions in line with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable

from rls.domain.aggregate import ResourceView
from rls.domain.lists import UnresolvableReference
from rls.services import ALL_LISTS
from rls.store.ids import IdBlocks
from sipworker.engine.directory import Found, resolve_services
from sipworker.engine.list_subscription import BackEnd, ListSubscription
from sipworker.engine.policy import Policy
from sipworker.engine.watchers import Watchers
from sipworker.engine.writer import Writer
from xcap.lookup import ResolvedService

log = logging.getLogger("rls.list_changes")

RETRY = 2.0
MEANWHILE = 60.0
"""Seconds that a look-up of a list takes at most."""
REMEMBERED = 10_000
"""Documents with news, until the old news are forgotten."""


class ListChanges:
    """Knows which documents each subscribed list rests on; changed(id) starts the comparison."""

    def __init__(self, watchers: Watchers, writer: Writer, ids: IdBlocks, policy: Policy) -> None:
        self._watchers = watchers
        self._writer = writer
        self._ids = ids
        self._policy = policy
        self._known: dict[str, ResolvedService | UnresolvableReference] = {}
        self._dirty: set[str] = set()
        self._news: dict[int | str, float] = {}
        self._work = asyncio.Event()

    def learned(self, service: ResolvedService) -> None:
        """A subscription to this list begins; news of it may have come while it was looked up."""
        self._learn(service.uri, service, asyncio.get_running_loop().time() - MEANWHILE)

    def _learn(self, uri: str, found: ResolvedService | UnresolvableReference, since: float) -> None:
        """What a look-up that began at `since` found; it may not have seen the news that came meanwhile."""
        self._known[uri] = found
        if any(self._news.get(document, since) > since for document in found.documents):
            self.check([uri])

    async def catch_up(self) -> None:
        """After a restart, before anything is sent: names, and what changed meanwhile."""
        await self._compare(self._watchers.services())

    def changed(self, payload: str) -> None:
        """What `rls.services` announced: the number of a document, the name of a new one, or all."""
        if payload == ALL_LISTS:
            self.check_all()
        else:
            self._document_changed(int(payload) if payload.isdecimal() else payload)

    def _document_changed(self, document: int | str) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._news) > REMEMBERED:
            self._news = {known: when for known, when in self._news.items() if when > now - MEANWHILE}
        self._news[document] = now
        self.check(uri for uri, service in self._known.items() if document in service.documents)

    def check_all(self) -> None:
        """Notifications may have been missed: look at every list."""
        self.check(self._watchers.services())

    def check(self, service_uris: Iterable[str]) -> None:
        self._dirty.update(service_uris)
        if self._dirty:
            self._work.set()

    async def run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            dirty, self._dirty = self._dirty, set()
            try:
                await self._compare(dirty)
            except Exception:
                log.exception("changed lists cannot be read, will try again")
                self._dirty |= dirty
                await asyncio.sleep(RETRY)
                self._work.set()

    async def _compare(self, service_uris: Collection[str]) -> None:
        began = asyncio.get_running_loop().time()
        found = await resolve_services(sorted(service_uris))
        by_uri = {uri: self._watchers.of_service(uri) for uri in service_uris}
        await self._ids.reserve(
            sum(_size(found.get(uri)) * len(watchers) for uri, watchers in by_uri.items())
        )
        now = asyncio.get_running_loop().time()
        for uri, watchers in by_uri.items():
            service = found.get(uri) if watchers else None
            if service is None:
                self._known.pop(uri, None)
            else:
                self._learn(uri, service, began)
            self._apply(uri, service, watchers, now)

    def _apply(self, uri: str, service: Found, watchers: list[ListSubscription], now: float) -> None:
        if service is None:
            for watcher in watchers:
                self._watchers.end(watcher, "noresource", now)
        elif isinstance(service, UnresolvableReference):
            # What the watchers have is better than nothing; the owner is in the middle of editing.
            log.warning("list cannot be resolved, kept as it was", extra={"list": uri, "why": str(service)})
        else:
            for watcher in watchers:
                self._go_on(watcher, service, now)

    def _go_on(self, watcher: ListSubscription, service: ResolvedService, now: float) -> None:
        """Whom the list is no longer open to loses it (RFC 6665 section 4.2.1.3)."""
        if self._policy.may_use(watcher.identity, service.owner, service.sharing):
            self._bring_in_line(watcher, service, now)
        else:
            self._watchers.end(watcher, "rejected", now)

    def _store_order(self, watcher: ListSubscription) -> None:
        for position, back_end in enumerate(watcher.resources.values()):
            self._writer.group.positions |= {each.row_id: position for each in back_end.family}

    def _bring_in_line(self, watcher: ListSubscription, service: ResolvedService, now: float) -> None:
        """Start what is new, end what is gone, keep the rest; full state if anything differs."""
        entries = {entry.uri: entry for entry in service.flat.entries}
        old = watcher.resources
        gone = [back_end for uri, back_end in old.items() if uri not in entries]
        before = _spelling(watcher)
        for back_end in gone:
            del old[back_end.view.uri]
            watcher.unanswered -= not back_end.answered
            self._writer.group.ended_presentities += [each.row_id for each in back_end.family]
        added = self._watchers.add_entries(
            watcher, [entry for uri, entry in entries.items() if uri not in old]
        )
        watcher.names = service.flat.names
        watcher.resources = {uri: watcher.resources[uri] for uri in entries}
        for uri, back_end in watcher.resources.items():
            back_end.rename(ResourceView(uri, entries[uri].names))
        if _spelling(watcher) != before:
            self._store_order(watcher)
            self._watchers.tell_full(watcher)
        watcher.restored = False
        self._replace(gone, added)

    def _replace(self, gone: list[BackEnd], added: list[BackEnd]) -> None:
        """After the commit, which a starting worker makes when its sockets are open."""
        back_ends = self._watchers.back_ends
        ended = back_ends.detach(gone)

        def committed(now: float) -> None:
            back_ends.unsubscribe(ended, now)
            # A worker that starts has subscribed to all there is.
            back_ends.start((back_end for back_end in added if back_end.subscription is None), now)

        if gone or added:
            self._writer.after(committed)


def _spelling(watcher: ListSubscription) -> object:
    """What RLMI says of the list but for states. Names are not stored: unknown after a restart."""
    if watcher.restored:
        return list(watcher.resources)
    return [back_end.view.opening for back_end in watcher.resources.values()], watcher.names


def _size(service: Found) -> int:
    return len(service.flat.entries) if isinstance(service, ResolvedService) else 0

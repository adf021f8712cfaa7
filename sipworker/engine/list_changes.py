"""A stored list changed: bring the running subscriptions in line with it."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable

from rls.domain.aggregate import ResourceView
from rls.domain.lists import UnresolvableReference
from rls.domain.recipients import flat_list
from rls.services import ALL_LISTS
from rls.store.ids import IdBlocks
from sipworker.engine.directory import Found, resolve_services
from sipworker.engine.layout import Layout
from sipworker.engine.list_subscription import BackEnd, ListSubscription
from sipworker.engine.policy import Policy
from sipworker.engine.watchers import Watchers
from sipworker.engine.writer import Writer
from xcap.resolution import ResolvedService, Sought

log = logging.getLogger("rls.list_changes")

RETRY = 2.0
MEANWHILE = 60.0
"""Seconds that a look-up of a list takes at most."""
REMEMBERED = 10_000
"""Documents with news, until the old news are forgotten."""


Resolve = Callable[[Collection[Sought]], Awaitable[dict[Sought, Found]]]


class ListChanges:
    """Knows which documents each subscribed list rests on; changed(id) starts the comparison."""

    def __init__(
        self,
        watchers: Watchers,
        writer: Writer,
        ids: IdBlocks,
        policy: Policy,
        resolve: Resolve | None = None,
    ) -> None:
        self._watchers = watchers
        self._writer = writer
        self._ids = ids
        self._policy = policy
        self._resolve_all = resolve
        self._known: dict[Sought, ResolvedService | UnresolvableReference] = {}
        self._dirty: set[Sought] = set()
        self._news: dict[int | str, float] = {}
        self._work = asyncio.Event()

    def foreign_documents(self) -> set[str]:
        """URLs of the foreign documents that the subscribed lists rest on."""
        return {
            document
            for service in self._known.values()
            for document in service.documents
            if isinstance(document, str) and "://" in document
        }

    def learned(self, sought: Sought, service: ResolvedService) -> None:
        """A subscription to this list begins; news of it may have come while it was looked up."""
        self._learn(sought, service, asyncio.get_running_loop().time() - MEANWHILE)

    def _learn(self, sought: Sought, found: ResolvedService | UnresolvableReference, since: float) -> None:
        """What a look-up that began at `since` found; it may not have seen the news that came meanwhile."""
        self._known[sought] = found
        if any(self._news.get(document, since) > since for document in found.documents):
            self.check([sought])

    async def catch_up(self) -> None:
        """After a restart, before anything is sent: names, and what changed meanwhile."""
        for watcher in self._watchers.with_recipients():
            flat = flat_list([watcher.recipients or b""], sys.maxsize)
            self._bring_in_line(watcher, Layout.plain(flat.entries))
        await self._compare(self._watchers.lists())

    def changed(self, payload: str) -> None:
        """What `rls.services` announced: the number of a document, the name of a new one, or all."""
        if payload == ALL_LISTS:
            self.check_all()
        else:
            self.document_changed(int(payload) if payload.isdecimal() else payload)

    def document_changed(self, document: int | str) -> None:
        """One of ours by its number or, if it is new, its name; a foreign one by its URL."""
        now = asyncio.get_running_loop().time()
        if len(self._news) > REMEMBERED:
            self._news = {known: when for known, when in self._news.items() if when > now - MEANWHILE}
        self._news[document] = now
        self.check(sought for sought, service in self._known.items() if document in service.documents)

    def check_all(self) -> None:
        """Notifications may have been missed: look at every list."""
        self.check(self._watchers.lists())

    def check_broken(self) -> None:
        """Foreign servers say nothing when they can be asked again."""
        self.check([sought for sought in self._known if self._is_broken(sought)])

    def check(self, lists: Iterable[Sought]) -> None:
        self._dirty.update(lists)
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

    async def _compare(self, lists: Collection[Sought]) -> None:
        began = asyncio.get_running_loop().time()
        found = await self._resolve(lists)
        watching = {sought: self._watchers.of_list(sought) for sought in lists}
        await self._ids.reserve(
            sum(_size(found.get(sought)) * len(watchers) for sought, watchers in watching.items())
        )
        now = asyncio.get_running_loop().time()
        for sought, watchers in watching.items():
            service = found.get(sought) if watchers else None
            self._apply(sought, service, watchers, now)
            if service is None:
                self._known.pop(sought, None)
            else:
                self._learn(sought, service, began)

    async def _resolve(self, lists: Collection[Sought]) -> dict[Sought, Found]:
        return await (self._resolve_all or resolve_services)(lists)

    def _apply(self, sought: Sought, service: Found, watchers: list[ListSubscription], now: float) -> None:
        if service is None:
            for watcher in watchers:
                self._watchers.end(watcher, "noresource", now)
        elif isinstance(service, UnresolvableReference):
            self._keep(sought, service)
        else:
            for watcher in watchers:
                self._go_on(watcher, service, now)

    def _keep(self, sought: Sought, why: UnresolvableReference) -> None:
        """What the watchers have is better than nothing; the owner is in the middle of editing."""
        if not self._is_broken(sought):
            log.warning(
                "list cannot be resolved, kept as it was", extra={"list": sought.uri, "why": str(why)}
            )

    def _is_broken(self, sought: Sought) -> bool:
        return isinstance(self._known.get(sought), UnresolvableReference)

    def _go_on(self, watcher: ListSubscription, service: ResolvedService, now: float) -> None:
        """Whom the list is no longer open to loses it (RFC 6665 section 4.2.1.3)."""
        layout = self._policy.layout(watcher.identity, watcher.event, service)
        if layout is None:
            self._watchers.end(watcher, "rejected", now)
        else:
            self._bring_in_line(watcher, layout)

    def _store_order(self, watcher: ListSubscription) -> None:
        for position, back_end in enumerate(watcher.resources.values()):
            self._writer.group.positions |= {each.row_id: position for each in back_end.family}

    def _bring_in_line(self, watcher: ListSubscription, layout: Layout) -> None:
        """Start what is new, end what is gone, keep the rest; full state if anything differs."""
        entries = layout.entries
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
        watcher.names, watcher.members = layout.names, layout.members
        watcher.resources = {uri: watcher.resources[uri] for uri in entries}
        for uri, back_end in watcher.resources.items():
            back_end.rename(ResourceView(uri, entries[uri].names))
        if _spelling(watcher) != before:
            self._store_order(watcher)
            self._watchers.telling.full(watcher)
        watcher.restored = False
        self._replace(watcher, gone, added)

    def _replace(self, watcher: ListSubscription, gone: list[BackEnd], added: list[BackEnd]) -> None:
        """After the commit, which a starting worker makes when its sockets are open."""
        back_ends = self._watchers.back_ends
        ended = back_ends.detach(gone)

        def committed(now: float) -> None:
            back_ends.unsubscribe(ended, now)
            # A worker that starts has subscribed to all there is.
            back_ends.start((back_end for back_end in added if back_end.subscription is None), now)

        def refused(now: float) -> None:
            back_ends.unsubscribe(ended, now)
            self._watchers.end(watcher, "probation", now)

        if gone or added:
            self._writer.subscription(watcher.id, committed, refused)


def _spelling(watcher: ListSubscription) -> object:
    """What RLMI says of the list but for states. Names are not stored: unknown after a restart."""
    if watcher.restored:
        return list(watcher.resources)
    openings = [back_end.view.opening for back_end in watcher.resources.values()]
    return openings, watcher.names, watcher.members


def _size(service: Found) -> int:
    return service.size() if isinstance(service, ResolvedService) else 0

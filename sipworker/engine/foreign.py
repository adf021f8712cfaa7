"""Everything that asks foreign XCAP servers, wired together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from rls.domain.lists import Limits
from rls.store.ids import IdBlocks
from sipworker.engine.directory import Found
from sipworker.engine.external_lists import ExternalLists
from sipworker.engine.foreign_changes import ForeignChanges
from sipworker.engine.foreign_documents import ForeignKeeper
from sipworker.engine.foreign_lists import ForeignLists
from sipworker.engine.list_changes import ListChanges
from sipworker.engine.options import WorkerOptions
from sipworker.sip.agent import UserAgent
from sipworker.sip.keyring import Keyring
from xcap.foreign.lookup import ForeignLookup
from xcap.resolution import Sought


class ForeignServers:
    """`lists` None: our own database has the lists, and only `<external>` leads elsewhere. `changes` None: no
    server tells of changes. `changed(url)` is called when a document is found to be another."""

    def __init__(
        self,
        agent: UserAgent,
        options: WorkerOptions,
        ids: IdBlocks,
        keys: Keyring | None,
        clock: Callable[[], float],
        changed: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._poll = options.foreign.poll
        self._broken_checked = clock()
        self.keeper = ForeignKeeper(options.foreign, options.worker, clock, changed)
        self.lists = ForeignLists(self.keeper, _lookup(options), ids) if options.foreign_lists else None
        self._externals = ExternalLists(self.keeper, options.foreign.roots)
        self.changes = self._changes(agent, options, keys)

    def _changes(
        self, agent: UserAgent, options: WorkerOptions, keys: Keyring | None
    ) -> ForeignChanges | None:
        server = options.foreign.diff_server
        if not server:
            return None

        def check(urls: Collection[str]) -> object:
            return asyncio.get_running_loop().create_task(self.keeper.check(urls))

        return ForeignChanges(agent, options.foreign.roots, server, options.identity, keys, check)

    async def resolve_all(self, wanted: Collection[Sought]) -> dict[Sought, Found]:
        """For running subscriptions, by what was known last. Raises DatabaseError."""
        if self.lists is not None:
            return await self.lists.resolve_all(wanted)
        return await self._externals.resolve_all(wanted)

    def list_user(self, identity: str) -> str:
        """In whose documents the lists of a watcher are, "" for those of all users."""
        return "" if self.lists is None else self.lists.sought("", identity).user

    async def run(self, list_changes: ListChanges) -> None:
        """Look after what the subscribed lists rest on."""
        await self.keeper.run(lambda: self._used(list_changes))

    def _used(self, list_changes: ListChanges) -> set[str]:
        now = self._clock()
        if now - self._broken_checked > self._poll:
            self._broken_checked = now
            list_changes.check_broken()
        urls = list_changes.foreign_documents()
        if self.changes is not None:
            self.changes.watch(urls, now)
        return urls

    async def close(self) -> None:
        if self.lists is not None:
            await self.lists.close()
        await self.keeper.close()


def _lookup(options: WorkerOptions) -> ForeignLookup:
    foreign = options.foreign
    return ForeignLookup(
        foreign.roots,
        Limits(entries=foreign.longest_list),
        in_global_index=foreign.in_global_index,
        omit=foreign.omit,
        entry_refs=foreign.entry_refs,
        nests=options.nested_lists != "ask",
    )

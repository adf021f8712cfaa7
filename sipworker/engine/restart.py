"""A worker starts: it takes up the subscriptions it left, as if it had never been away."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rls.domain.aggregate import ResourceView
from rls.domain.backend import Retry, outcome_of_termination
from rls.domain.filters import FilterSet
from rls.domain.packages import package
from rls.domain.rlmi import State
from rls.models import Presentity, Watcher
from rls.store import load
from rls.store.commit_group import Connection
from rls.store.load import LoadedPresentity
from rls.store.numbering import OutboxRow
from rls.store.rows import WatcherRow
from sipworker.engine.clock import monotonic, unused_cseq
from sipworker.engine.dialog_row import resumed
from sipworker.engine.identity import BackEndIdentity
from sipworker.engine.list_subscription import TOLD, UNMARKED, BackEnd, ListSubscription
from sipworker.engine.profiles import KnownProfiles
from sipworker.engine.watchers import Watchers
from sipworker.engine.writer import Writer
from sipworker.sip.agent import UserAgent
from sipworker.sip.dialog import Dialog
from sipworker.sip.grammar import parse_params, split_commas

log = logging.getLogger("rls.restart")

STATES: dict[int, State] = {
    Presentity.AuthState.ACTIVE.value: "active",
    Presentity.AuthState.PENDING.value: "pending",
    Presentity.AuthState.TERMINATED.value: "terminated",
}


class Restart:
    """load() before the sockets open, resume() after. `list_user(identity)`: in whose documents lists are."""

    def __init__(
        self,
        agent: UserAgent,
        watchers: Watchers,
        writer: Writer,
        profiles: KnownProfiles,
        owner: int,
        identity: BackEndIdentity,
        list_user: Callable[[str], str],
    ) -> None:
        self._agent = agent
        self._identity = identity
        self._list_user = list_user
        self._watchers = watchers
        self._writer = writer
        self._profiles = profiles
        self._owner = owner
        self._loaded: dict[int, ListSubscription] = {}

    async def load(self, connection: Connection, now: float) -> int:
        """Read everything; returns the number of subscriptions taken up."""
        async with connection.transaction():
            newest = 0
            async for row in load.watchers(connection, self._owner):
                self._loaded[row.id] = self._watcher(row, now)
                newest = max(newest, row.full_mark)
            marks = await load.marks(connection, self._owner)  # before the outbox, where a tick may put them
            newest = max([newest, *marks.values()])
            for entry in await load.left_to_send(connection, self._owner):
                self._unsent(entry)
                newest = max(newest, entry.mark or 0)
                for row_id in entry.row_ids:
                    marks[row_id] = max(marks.get(row_id, 0), entry.mark or 0)
            async for presentity in load.presentities(connection, self._owner):
                back_end = self._back_end(self._loaded[presentity.watcher_id], presentity, now)
                back_end.mark = _mark(marks.get(presentity.id, UNMARKED), back_end.watcher)
        self._writer.begin(newest + 1)
        for watcher in self._loaded.values():
            self._watchers.enter(watcher)
            if watcher.filters:
                self._watchers.back_ends.wording.phrase_anew(watcher)  # not before the list is complete
        return len(self._loaded)

    def _unsent(self, entry: OutboxRow) -> None:
        """The listener will deliver it: sent before or not, the watcher takes it once.

        It has the number and branch that it had (a retransmission), and says no more than what it was
        numbered for: every later change has a mark of its own.
        """
        watcher = self._loaded.get(entry.watcher_id)
        if watcher is not None:
            watcher.last_cseq = min(watcher.last_cseq, entry.cseq - 1)
            watcher.has_news = True

    def resume(self, now: float) -> None:
        """Refresh the back ends at the usual pace and tell watchers what they may have missed."""
        for watcher in self._loaded.values():
            if watcher.ending:
                self._watchers.back_ends.end(watcher.resources.values(), now)  # if it died before it could
                if watcher.last_cseq == watcher.sip.dialog.local_cseq:
                    self._watchers.forget(watcher, now)  # its final NOTIFY had been answered
                continue
            if watcher.sip.expires_at <= now:
                self._watchers.end(watcher, "timeout", now)
                continue
            watcher.sip.resume(watcher.sip.expires_at, now)
            self._watchers.telling.set_pace(watcher, watcher.sip.expires_at - now)
            if watcher.pace is not None:
                self._watchers.telling.full(watcher)  # what was held back has no mark
            if watcher.settled:
                self._watchers.back_ends.start(self._to_start(watcher), now)
            else:
                self._watchers.telling.full(watcher)  # answers were stored that had no mark yet
                self._watchers.start(watcher, self._to_start(watcher), now)
        self._loaded.clear()

    @staticmethod
    def _to_start(watcher: ListSubscription) -> list[BackEnd]:
        """Those that refused for good are asked again when the list or its watcher changes."""
        return [
            each
            for back_end in watcher.resources.values()
            for each in back_end.family
            if (each.subscription is not None if each.primary else _may_be_asked(each))
        ]

    def _watcher(self, row: WatcherRow, now: float) -> ListSubscription:
        watcher = ListSubscription(
            row.id,
            resumed(row, self._agent, row.event, now),
            row.presentity_uri,
            row.service_uri,
            identity=row.identity,
            from_header=self._identity.from_header(row.identity, row.privacy),
            list_user=self._list_user(row.identity),
            privacy=row.privacy,
            recipients=None if row.recipients is None else bytes(row.recipients),
            user_agent=row.user_agent,
            profile=self._profiles.of(row.user_agent),
            max_forwards=row.max_forwards,
            accept=split_commas(row.accept),
            params=parse_params(row.event_params),
        )
        watcher.restored = True
        watcher.filters = FilterSet.stored(row.filters)
        watcher.deflate = row.deflate
        watcher.dormant = watcher.has_news = row.dormant  # what was held back for it has no mark
        watcher.news_cseq = row.news_cseq
        watcher.last_cseq = watcher.sent_by_others = row.local_cseq
        watcher.claimed = row.full_mark
        watcher.settled = row.settled
        if row.status == Watcher.Status.TERMINATED.value:
            watcher.ending = row.reason
        return watcher

    def _back_end(self, watcher: ListSubscription, row: LoadedPresentity, now: float) -> BackEnd:
        primary = watcher.resources.get(row.resource_uri)
        if primary is not None:
            back_end = primary.fork(row.id, row.instance)
        else:
            back_end = BackEnd(watcher, row.id, ResourceView(row.resource_uri), row.be_request_uri)
            back_end.answered = row.auth_state != 0 or row.be_code != 0
            watcher.unanswered += not back_end.answered
            watcher.resources[row.resource_uri] = back_end
        back_end.code, back_end.omitted = row.be_code, row.be_omitted
        if row.auth_state in STATES:
            back_end.turn(STATES[row.auth_state], row.reason or None)
            back_end.put(row.content_type, bytes(row.presence_state or b""))
            back_end.reveal(back_end.instance)
        if row.be_callid:
            self._resume_dialog(back_end, row, now)
        return back_end

    def _resume_dialog(self, back_end: BackEnd, row: LoadedPresentity, now: float) -> None:
        if row.auth_state not in (Presentity.AuthState.ACTIVE, Presentity.AuthState.PENDING):
            return
        watcher = back_end.watcher
        dialog = Dialog(
            call_id=row.be_callid,
            local=watcher.from_header,
            local_tag=row.be_local_tag,
            remote=row.be_request_uri,
            remote_tag=row.be_remote_tag,
            remote_target=row.be_target,
            route_set=tuple(split_commas(row.be_route)) if row.be_route else (),
            local_cseq=unused_cseq(row.be_local_cseq),
            remote_cseq=row.be_remote_cseq,
        )
        subscription = self._watchers.back_ends.wording.subscription_of(back_end)
        subscription.resume(dialog, monotonic(row.expires, now), now, state=STATES[row.auth_state])
        if package(watcher.event).full_state:  # else pieces follow, which need what went before
            subscription.entity_tag = row.be_etag
        back_end.subscription = subscription


def _mark(mark: int, watcher: ListSubscription) -> int:
    """Of a state, which full state may have told."""
    return TOLD if UNMARKED < mark <= watcher.claimed else mark


def _may_be_asked(back_end: BackEnd) -> bool:
    instance = back_end.instance
    ended = instance.state == "terminated"
    return not ended or outcome_of_termination(instance.reason).retry is not Retry.NEVER

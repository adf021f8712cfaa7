"""The list subscriptions of this worker: begun, refreshed, told, ended."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from rls.domain.backend import BAD_FILTER
from rls.domain.lists import Entry
from rls.store.ids import IdBlocks
from rls.store.numbering import NotifyRequest, OutboxRow
from rls.store.rows import RefreshRow
from sipworker.engine import notify_retries
from sipworker.engine.back_ends import BackEnds
from sipworker.engine.bodies import Body
from sipworker.engine.list_subscription import BackEnd, ListSubscription
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Rejection
from sipworker.engine.presence_servers import PresenceServers
from sipworker.engine.profiles import KnownProfiles
from sipworker.engine.roll import Roll
from sipworker.engine.rows import presentity_row, refresh_row, watcher_row
from sipworker.engine.sender import Sender
from sipworker.engine.telling import Telling
from sipworker.engine.wishes import Wishes, wishes_of
from sipworker.engine.wording import Wording
from sipworker.engine.writer import Writer
from sipworker.sip.agent import UserAgent
from sipworker.sip.dialog import contact_of
from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.headers import event_params
from sipworker.sip.message import Response
from sipworker.sip.notifications import (
    SIPIncomingSubscriptionDidTimeout,
    SIPIncomingSubscriptionNotifyDidFail,
    SIPIncomingSubscriptionNotifyDidSucceed,
)

log = logging.getLogger("rls.watchers")

REQUIRE = ("Require", "eventlist")
UNSTORABLE = Rejection(500, "Cannot be stored", (("Retry-After", "60"),))
"""The database refuses it, and will do so again."""


class Watchers(Roll):
    """All of them, and what happens to each; `telling` has them told."""

    def __init__(
        self,
        agent: UserAgent,
        writer: Writer,
        ids: IdBlocks,
        sender: Sender,
        options: WorkerOptions,
        servers: PresenceServers,
        wording: Wording,
    ) -> None:
        super().__init__()
        self._agent = agent
        self._writer = writer
        self._ids = ids
        self._sender = sender
        self._options = options
        self.telling = Telling(agent.wheel, writer, options)
        self.begun = self.refreshed = self.ended = 0
        self.notify_failures: Counter[int] = Counter()
        self.back_ends = BackEnds(agent, writer, ids, options, servers, wording, self.answered)
        servers.failed = self._leave

    def serve_by(self, profiles: KnownProfiles) -> None:
        """Profiles of phones have changed: what is sent from now on follows them."""
        for watcher in self._by_id.values():
            watcher.serve_by(profiles.of(watcher.user_agent))

    def _leave(self, server: str, now: float) -> None:
        """Back ends at a presence server that is down go to another."""
        for watcher in self._by_id.values():
            self.back_ends.leave(server, watcher.resources.values(), now)

    # -- begin and refresh

    def renew_paces(self, now: float) -> None:
        """RLS_WAITN_TIME or RLS_WAITN_TIMES has changed; what is held back is told by the new one."""
        for watcher in self._by_id.values():
            if watcher.dormant:
                continue
            self.telling.set_pace(watcher, watcher.sip.expires_at - now)
            if watcher.pace is not None:
                watcher.pace.hold(set())

    def begin(self, watcher: ListSubscription, entries: Iterable[Entry], expires: int, now: float) -> None:
        """Store the subscription; then answer 200, send full state and subscribe to the entries."""
        self.enter(watcher)
        log.debug(
            "subscription begins",
            extra={
                "subscription": watcher.label,
                "list": watcher.list_uri,
                "watcher": watcher.identity,
                "call_id": watcher.sip.dialog.call_id,
            },
        )
        watcher.dormant = watcher.sip.request.header("suppress-if-match") == "*"
        group = self._writer.group
        group.new_watchers.append(
            watcher_row(watcher, watcher.sip.request, owner=self._options.worker, expires=expires, now=now)
        )
        self.telling.set_pace(watcher, expires)
        self._show_known(watcher, self.add_entries(watcher, entries))
        group.notify(NotifyRequest(watcher.id, full=True), settled=False)

        def committed(now: float) -> None:
            self.begun += 1
            watcher.sip.accept(expires, now, headers=(REQUIRE, *self._agent.allow_events()))
            self.start(watcher, watcher.resources.values(), now)

        self._writer.subscription(watcher.id, committed, lambda now: self._take_back(watcher, now))

    def _take_back(self, watcher: ListSubscription, now: float) -> None:
        """It could not be stored, nor what a changed list may have added to it since."""
        UNSTORABLE.answer(watcher.sip, now)
        self._wind_up(watcher, "giveup", now)
        self.strike(watcher)
        self._writer.group.ended_watchers.append(watcher.id)

    def _show_known(self, watcher: ListSubscription, back_ends: Iterable[BackEnd]) -> None:
        """What the same user may see in another subscription of theirs (RFC 4662 sections 4.5, 7.2).

        Not in one that ends: its back ends are gone, so that it may know less than the phone does.
        """
        others = [other for other in self.others_of(watcher) if not other.ending]
        for back_end in back_ends if others and not watcher.filters else ():
            for other in others:
                known = other.resources.get(back_end.view.uri)
                if known is not None and known.shown is not None and known.shown.state == "active":
                    back_end.copy(known)
                    break

    def add_entries(self, watcher: ListSubscription, entries: Iterable[Entry]) -> list[BackEnd]:
        """New resources at the end; ids must have been reserved."""
        added = [watcher.add(entry, self._ids.take()) for entry in entries]
        first = len(watcher.resources) - len(added)
        self._writer.group.new_presentities += [
            presentity_row(back_end, first + index) for index, back_end in enumerate(added)
        ]
        return added

    def start(self, watcher: ListSubscription, back_ends: Iterable[BackEnd], now: float) -> None:
        """Subscribe, and tell the first answers together, after the settle time at the latest."""
        if watcher.settle_timer is not None:
            watcher.settle_timer.cancel()
        watcher.settle_timer = self._agent.wheel.schedule(
            now + self._options.settle_time, lambda now: self._settle(watcher)
        )
        self.back_ends.start(back_ends, now)

    def refresh(self, watcher: ListSubscription, body: Body, expires: int, now: float) -> None:
        """A SUBSCRIBE in the dialog: full state at once, and the last one if `expires` is 0."""
        log.debug("SUBSCRIBE in the dialog", extra={"subscription": watcher.label, "expires": expires})
        transaction = watcher.sip.waiting
        watcher.resting = False
        wishes = wishes_of(transaction.request, body, watcher)
        spared = watcher.knows_all(transaction.request.header("suppress-if-match"))
        contact = contact_of(transaction.request) or watcher.sip.dialog.remote_target
        news_cseq = watcher.news_cseq if spared else watcher.kept_tag()
        row = refresh_row(watcher, transaction, wishes, contact, expires, news_cseq)
        reason = "" if expires else "timeout"
        self._renew(watcher, row, reason, spared=spared)

        def committed(now: float) -> None:
            self.refreshed += 1
            code = 204 if spared else 200
            watcher.sip.accept(expires, now, (REQUIRE, *self._agent.allow_events()), code)
            self._grant(watcher, wishes, expires)
            if not expires:
                self._wind_up(watcher, reason, now)
                if spared:
                    self.forget(watcher, now)
            elif wishes.filters != watcher.filters:
                watcher.filters = wishes.filters
                self.back_ends.filter_anew(watcher, now)

        self._writer.subscription(watcher.id, committed, lambda now: UNSTORABLE.answer(watcher.sip, now))

    def _grant(self, watcher: ListSubscription, wishes: Wishes, expires: int) -> None:
        if watcher.accepts(wishes.accept):
            self.back_ends.wording.offer_anew(watcher)
        watcher.ask(wishes.params)
        watcher.deflate, watcher.dormant = wishes.deflate, wishes.dormant
        self.telling.set_pace(watcher, expires)

    def _renew(self, watcher: ListSubscription, row: RefreshRow, reason: str, *, spared: bool) -> None:
        """Store what a SUBSCRIBE in the dialog changes; `spared`: no NOTIFY follows (RFC 5839 6.3)."""
        group = self._writer.group
        if spared:
            group.renewals[watcher.id] = row
        else:
            group.refreshes[watcher.id] = row
            group.notify(NotifyRequest(watcher.id, full=True, reason=reason), settled=watcher.settled)

    # -- what back ends say

    def answered(self, back_end: BackEnd, news: bool, now: float) -> None:
        """A back end's state is in the commit group: mark news for the next tick, or settle."""
        watcher = back_end.watcher
        if watcher.ending:
            return
        first, back_end.answered = not back_end.answered, True
        if first:
            watcher.unanswered -= 1
        if back_end.instance.reason == BAD_FILTER and watcher.only_says(BAD_FILTER):
            self.end(watcher, BAD_FILTER, now)  # RFC 4660 section 5.4
            return
        if watcher.settled:
            if news:
                watcher.has_news = True
                if watcher.pace is None:
                    watcher.news_since = watcher.news_since or now
                    self._writer.mark(back_end)
                else:
                    self.telling.hold(watcher, {back_end.row_id}, back_end.row_id)
            return
        if news:
            watcher.has_news = True
            watcher.unsettled.append(back_end.row_id)
        if watcher.unanswered <= 0:
            self._settle(watcher)

    def _settle(self, watcher: ListSubscription) -> None:
        """Tell what the back ends answered, without waiting for a tick."""
        if watcher.settle_timer is not None:
            watcher.settle_timer.cancel()
            watcher.settle_timer = None
        if watcher.settled or watcher.ending:
            return
        watcher.settled = True
        rows, watcher.unsettled = set(watcher.unsettled), []
        if rows:
            self.telling.rest(watcher, rows)

    # -- NOTIFYs

    def deliver(self, rows: Iterable[OutboxRow], now: float) -> None:
        """Numbered NOTIFYs of ours, from a commit of ours or a tick's."""
        for row in rows:
            watcher = self._by_id.get(row.watcher_id)
            if watcher is None:
                self._writer.sent(row.id)
            else:
                self._sender.deliver(watcher, row, now)

    def notify_succeeded(self, notification: SIPIncomingSubscriptionNotifyDidSucceed, now: float) -> None:
        watcher = notification.sender.owner
        if isinstance(watcher, ListSubscription):
            watcher.retries = 0
            if watcher.pace is not None and watcher.pace.rates:
                self._hear_rates(watcher, notification.answer, now)
            self._tell_behind(watcher, now)
            self._notify_answered(watcher, now)

    def _hear_rates(self, watcher: ListSubscription, answer: Response, now: float) -> None:
        """Who has asked for rates may do so again in the answer to a NOTIFY (RFC 6446 section 4.1)."""
        with suppress(MalformedMessage):
            if event := answer.header("event"):
                watcher.ask(event_params(event))
                self.telling.set_pace(watcher, watcher.sip.expires_at - now)

    def _tell_behind(self, watcher: ListSubscription, now: float) -> None:
        """What back ends said before the watcher had the body before (RFC 4662 section 4.6)."""
        behind = [each for each in watcher.shown if each.told()]
        for back_end in behind:
            self.back_ends.store(back_end, now)
        if behind:
            self.telling.rest(watcher, {each.row_id for each in behind})

    def notify_failed(self, notification: SIPIncomingSubscriptionNotifyDidFail, now: float) -> None:
        watcher = notification.sender.owner
        if not isinstance(watcher, ListSubscription):
            return
        self.notify_failures[notification.outcome.status] += 1
        if notification.ends:
            log.info(
                "NOTIFY ended the subscription",
                extra={"subscription": watcher.label, "code": notification.outcome.status},
            )
            self._wind_up(watcher, "noresponse", now)
            self.forget(watcher, now)
            return
        # A version was consumed: the next NOTIFY is full state (RFC 6665 section 4.2.2). It is numbered with
        # the commit that deletes the one that failed: a kill forgets neither.
        watcher.force_full = True
        self.telling.full(watcher)
        watcher.rest()
        self._notify_answered(watcher, now)
        delay = notify_retries.pause(watcher.retries, notification.outcome)
        watcher.retries += 1
        self._agent.wheel.schedule(now + delay, lambda now: self._rested(watcher))

    def _rested(self, watcher: ListSubscription) -> None:
        if watcher.id in self._by_id:
            watcher.resting = False
            self._sender.ready(watcher)

    def _notify_answered(self, watcher: ListSubscription, now: float) -> None:
        row, watcher.in_flight = watcher.in_flight, None
        if row is None:
            return
        self._writer.sent(row.id)
        if row.reason:
            self.forget(watcher, now)
        else:
            self._sender.ready(watcher)

    # -- the end

    def timed_out(self, notification: SIPIncomingSubscriptionDidTimeout, now: float) -> None:
        watcher = notification.sender.owner
        if isinstance(watcher, ListSubscription):
            self._expire(watcher, now)

    def _expire(self, watcher: ListSubscription, now: float) -> None:
        """A refresh that came in time and waits for its commit still counts."""
        if watcher.sip.is_waiting:
            self._agent.wheel.schedule(now + 1, lambda now: self._expire(watcher, now))
        elif watcher.sip.expires_at <= now:
            self.end(watcher, "timeout", now)

    def end(self, watcher: ListSubscription, reason: str, now: float) -> None:
        """Send the final NOTIFY with full state and end the back ends."""
        if watcher.ending:
            return
        self.telling.final(watcher, reason)

        def refused(now: float) -> None:
            self._wind_up(watcher, reason, now)
            self.forget(watcher, now)

        self._writer.subscription(watcher.id, lambda now: self._wind_up(watcher, reason, now), refused)

    def _wind_up(self, watcher: ListSubscription, reason: str, now: float) -> None:
        """Nothing new is told any more. The dialog stays until the final NOTIFY is answered (4.4.1)."""
        if not watcher.ending:
            watcher.ending = reason
            if watcher.pace is not None:
                watcher.pace.stop()
            self.back_ends.end(watcher.resources.values(), now)

    def forget(self, watcher: ListSubscription, now: float) -> None:
        """The subscription is over on both sides."""
        if self.strike(watcher):
            self.ended += 1
            log.debug("subscription over", extra={"subscription": watcher.label, "reason": watcher.ending})
            watcher.sip.drop(now)
            self._writer.group.ended_watchers.append(watcher.id)
            self._writer.wake()

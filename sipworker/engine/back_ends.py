"""The back-end subscriptions: started at a bounded pace, their states kept, their failures retried."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable

from rls.domain.backend import BAD_FILTER, BackOff, Outcome, Retry, outcome_of_status, outcome_of_termination
from rls.store.ids import IdBlocks
from sipworker.engine.filtering import content_of
from sipworker.engine.list_subscription import BackEnd, ListSubscription, with_forks
from sipworker.engine.news import News, take
from sipworker.engine.options import WorkerOptions
from sipworker.engine.presence_servers import PresenceServers
from sipworker.engine.rows import presentity_row, state_row
from sipworker.engine.wording import Wording
from sipworker.engine.writer import Writer
from sipworker.sip.agent import UserAgent
from sipworker.sip.notifications import (
    SIPSubscriptionDidEnd,
    SIPSubscriptionDidFail,
    SIPSubscriptionDidFork,
    SIPSubscriptionGotNotify,
)
from sipworker.sip.received_notify import ReceivedNotify
from sipworker.sip.subscription import Subscription

log = logging.getLogger("rls.back_ends")

Answered = Callable[[BackEnd, bool, float], None]
MAX_PARTIALS = 10
"""Partial documents in a row after which a notifier will not send a full one."""
STABLE = 60.0
"""Seconds after which a subscription that ends is not the same trouble again."""


class BackEnds:
    """`answered(back_end, news, now)` is called when what a back end said is in the commit group; `news`
    if its watcher does not know it yet."""

    def __init__(
        self,
        agent: UserAgent,
        writer: Writer,
        ids: IdBlocks,
        options: WorkerOptions,
        servers: PresenceServers,
        wording: Wording,
        answered: Answered,
    ) -> None:
        self._agent = agent
        self._writer = writer
        self._ids = ids
        self._options = options
        self.wording = wording
        self._answered = answered
        self._back_off = BackOff()
        self._queue: deque[BackEnd] = deque()
        self._in_flight: set[BackEnd] = set()
        self._pumping = False
        self._servers = servers
        self.notified = 0
        self.failures: Counter[int] = Counter()

    @property
    def in_flight(self) -> int:
        """SUBSCRIBEs that wait for their NOTIFY."""
        return len(self._in_flight)

    @property
    def queued(self) -> int:
        return len(self._queue)

    # -- start and end

    def start(self, back_ends: Iterable[BackEnd], now: float) -> None:
        """SUBSCRIBE for each, as soon as fewer than the allowed number wait for their NOTIFY."""
        self._queue.extend(back_ends)
        self._pump(now)

    def _pump(self, now: float) -> None:
        if self._pumping:
            return  # a SUBSCRIBE that fails at once comes back here
        self._pumping = True
        while self._queue and len(self._in_flight) < self._options.backend_in_flight:
            back_end = self._queue.popleft()
            if not back_end.watcher.ending:
                self._in_flight.add(back_end)
                self._subscribe(back_end, now)
        self._pumping = False

    def _subscribe(self, back_end: BackEnd, now: float) -> None:
        back_end.retry = None
        back_end.started = now
        subscription = back_end.subscription
        if subscription is not None and subscription.state == "sent":
            return  # asked for twice: by a changed list and by a restart
        if subscription is not None and subscription.state in ("pending", "active"):
            subscription.refresh(now)  # resumed after a restart
            return
        if back_end.forks:
            self._end_forks(back_end, now)
        back_end.starts_anew()
        back_end.subscription = self.wording.subscription_of(back_end)
        back_end.subscription.subscribe(now)

    def filter_anew(self, watcher: ListSubscription, now: float) -> None:
        """Other filters hold now: subscribe anew where they matter, what is known stands until then."""
        changed = [
            back_end
            for back_end in watcher.resources.values()
            if back_end.instance.reason == BAD_FILTER
            or (back_end.subscription is not None and back_end.subscription.body != content_of(back_end)[1])
        ]
        subscriptions = self.detach(changed)
        self.start(changed, now)
        self.unsubscribe(subscriptions, now)

    def retry_failed(self, watcher: ListSubscription, now: float) -> int:
        """Ask those again that refused, ended or gave no answer; returns how many."""
        failed = [
            each
            for each in watcher.resources.values()
            if each.subscription is None or each.subscription.state == "terminated"
        ]
        for back_end in failed:
            if back_end.retry is not None:
                back_end.retry.cancel()
            back_end.attempts = 0
        self.start(failed, now)
        return len(failed)

    def end(self, back_ends: Iterable[BackEnd], now: float) -> None:
        """Unsubscribe; rows are the caller's business."""
        self.unsubscribe(self.detach(back_ends), now)

    def detach(self, back_ends: Iterable[BackEnd]) -> list[Subscription]:
        """Listen to these back ends no more; returns what is to be unsubscribed."""
        detached = []
        for back_end in with_forks(back_ends):
            self._in_flight.discard(back_end)
            if back_end.retry is not None:
                back_end.retry.cancel()
            self._stop_grace(back_end)
            subscription, back_end.subscription = back_end.subscription, None
            if subscription is not None:
                subscription.owner = None
                detached.append(subscription)
        return detached

    def unsubscribe(self, subscriptions: Iterable[Subscription], now: float) -> None:
        for subscription in subscriptions:
            subscription.end(now)
        self._pump(now)

    def leave(self, server: str, back_ends: Iterable[BackEnd], now: float) -> None:
        """A presence server went down: subscribe at another; what is known stands until that answers."""
        if self._servers.best == server:
            return
        left = [
            back_end
            for back_end in back_ends
            if back_end.server == server and back_end.subscription is not None
        ]
        for subscription in self.detach(left):
            subscription.drop()
        self.start(left, now)

    # -- forks (RFC 6665 section 4.1.4)

    def forked(self, notification: SIPSubscriptionDidFork, now: float) -> None:
        """One more notifier answers for a resource: an instance of its own (RFC 4662 section 5.5)."""
        owner = notification.sender.owner
        if not isinstance(owner, BackEnd) or owner.watcher.ending:
            return
        primary = owner.primary or owner
        fork = next((each for each in primary.forks if each.subscription is None), None)
        if fork is None:
            fork = primary.fork(self._ids.take())
            position = list(primary.watcher.resources).index(primary.view.uri)
            self._writer.group.new_presentities.append(presentity_row(fork, position))
        fork.subscription, notification.fork.owner = notification.fork, fork
        fork.starts_anew()

    def _end_forks(self, back_end: BackEnd, now: float) -> None:
        """A new SUBSCRIBE reaches all notifiers again, so those of the old one have had their time."""
        forks = [fork for fork in back_end.forks if fork.subscription is not None]
        for subscription in self.detach(forks):
            subscription.end(now)
        for fork in forks:
            self._keep(fork, now, news=self._fall(fork, outcome_of_termination("deactivated")))

    # -- what they say

    def got_notify(self, notification: SIPSubscriptionGotNotify, now: float) -> None:
        """Keep the state; the 200 goes out when it is committed."""
        back_end, notify = notification.sender.owner, notification.notify
        self.notified += 1
        if not isinstance(back_end, BackEnd):
            notify.accept(now)  # the list subscription is over
            return
        news = self._news(back_end, notify)
        if news is News.INCOMPLETE and self._asked_for_all(back_end, notify, now):
            return
        changed = self._apply(back_end, notify, news is not News.NONE)
        stands = back_end.answered and back_end.shown is back_end.instance and not notify.begins
        if not changed and stands:
            notify.accept(now)  # no write
            self._settled_in(back_end, now)
            return
        self._keep(back_end, now, news=changed)
        self._writer.after(notify.accept, back_end.row_id)

    @staticmethod
    def _news(back_end: BackEnd, notify: ReceivedNotify) -> News:
        """Of its body; that of the last NOTIFY counts for nothing, unless it holds from then on."""
        body, state = notify.body, notify.state
        if not body or (state.state == "terminated" and not outcome_of_termination(state.reason).keeps_state):
            return News.NONE
        news = take(back_end, notify.content_type, body)
        if news is not News.INCOMPLETE:
            back_end.partials = 0
        return news

    def _asked_for_all(self, back_end: BackEnd, notify: ReceivedNotify, now: float) -> bool:
        """Ask for the complete document instead of passing on a piece that fits nowhere.

        The NOTIFY that follows a SUBSCRIBE has full state (RFC 6665 section 5.3.2), also after
        a crash; from a notifier that never sends it, the piece is better than nothing.
        """
        if notify.state.state == "terminated":
            return False
        back_end.partials += 1
        if back_end.partials > MAX_PARTIALS:
            back_end.put(notify.content_type, notify.body)
            return False
        notify.accept(now)
        if back_end.partials == 1 and back_end.subscription is not None:
            back_end.subscription.refresh(now, full=True)
        return True

    def _apply(self, back_end: BackEnd, notify: ReceivedNotify, has_news: bool) -> bool:
        """Take over what the NOTIFY says besides its body; False if it says nothing new."""
        state = notify.state
        if back_end.grace is not None:
            self._stop_grace(back_end)
        if state.state == "terminated":
            outcome = outcome_of_termination(state.reason, state.retry_after)
            alone = back_end.primary is None
            if alone and outcome.retry is Retry.AT_ONCE and back_end.instance.state == "active":
                return False  # the last state stands while we try again
            return self._fall(back_end, outcome)
        back_end.code = 200
        changed = back_end.turn("active" if state.state == "active" else "pending", None)
        return changed or has_news

    def _fall(self, back_end: BackEnd, outcome: Outcome) -> bool:
        self._stop_grace(back_end)
        changed = back_end.turn(outcome.state, outcome.reason)
        if not outcome.keeps_state:
            back_end.forget_bodies()
        return changed or not back_end.answered

    def ended(self, notification: SIPSubscriptionDidEnd, now: float) -> None:
        back_end = notification.sender.owner
        if isinstance(back_end, BackEnd) and notification.state is not None:
            state = notification.state
            self._retry(back_end, outcome_of_termination(state.reason, state.retry_after), now)

    def failed(self, notification: SIPSubscriptionDidFail, now: float) -> None:
        back_end = notification.sender.owner
        if not isinstance(back_end, BackEnd):
            return
        outcome = outcome_of_status(
            notification.code, notification.retry_after, filtered=bool(notification.sender.body)
        )
        self.failures[notification.code] += 1
        log.debug(
            "back end refuses or fails",
            extra={
                "subscription": back_end.watcher.label,
                "resource": back_end.view.uri,
                "code": notification.code,
            },
        )
        back_end.code = notification.code
        back_end.subscription = None
        if outcome.retry is Retry.ADAPTED and self._asks_for_less(back_end, notification):
            self._subscribe(back_end, now)
            return
        news = not self._stands(back_end, outcome, now) and self._fall(back_end, outcome)
        self._keep(back_end, now, news=news)
        self._writer.wake()
        self._retry(back_end, outcome, now)

    @staticmethod
    def _asks_for_less(back_end: BackEnd, refusal: SIPSubscriptionDidFail) -> bool:
        """Once, if there is what can be left out (RFC 3261 section 8.1.3.5): filters, or more types."""
        if back_end.omitted:
            return False
        if refusal.code in (413, 415) and refusal.sender.body:
            back_end.omitted = "filters"
        elif refusal.code != 413 and back_end.watcher.offered:
            back_end.omitted = "types"
        return bool(back_end.omitted)

    def _stands(self, back_end: BackEnd, outcome: Outcome, now: float) -> bool:
        """Whether the last state is kept while we try again: for one try, then for the grace time."""
        if back_end.primary is not None:
            return False
        if outcome.retry is Retry.AT_ONCE and not back_end.attempts:
            return True
        if outcome.retry not in (Retry.AT_ONCE, Retry.BACK_OFF) or back_end.instance.state != "active":
            return False
        if back_end.grace is None and self._options.grace_time:
            back_end.grace = self._agent.wheel.schedule(
                now + self._options.grace_time, lambda now: self._withdraw(back_end, now)
            )
        return back_end.grace is not None

    def _withdraw(self, back_end: BackEnd, now: float) -> None:
        back_end.grace = None
        self._keep(back_end, now, news=self._fall(back_end, outcome_of_status(back_end.code)))
        self._writer.wake()

    @staticmethod
    def _stop_grace(back_end: BackEnd) -> None:
        if back_end.grace is not None:
            back_end.grace.cancel()
            back_end.grace = None

    def _retry(self, back_end: BackEnd, outcome: Outcome, now: float) -> None:
        """Subscribe again as the outcome allows; RLMI reasons are no one's task but ours (5.5).

        A fork leaves its place: who answered for the resource is found out by its next SUBSCRIBE.
        """
        if back_end.primary is not None:
            back_end.subscription = None
            return
        if outcome.retry in (Retry.NEVER, Retry.ADAPTED) or back_end.watcher.ending:
            return
        if now - back_end.started > STABLE:
            back_end.attempts = 0
        attempt, back_end.attempts = back_end.attempts, back_end.attempts + 1
        if outcome.retry is Retry.AT_ONCE and attempt == 0:
            delay = 0.0
        else:
            delay = self._back_off.delay(attempt, self._agent.random(), outcome.after)
        back_end.subscription = None
        back_end.retry_at = now + delay
        back_end.retry = self._agent.wheel.schedule(
            back_end.retry_at, lambda now: self.start((back_end,), now)
        )
        self.store(back_end, now)  # when, for operators

    def _keep(self, back_end: BackEnd, now: float, *, news: bool) -> None:
        self.store(back_end, now)
        self._settled_in(back_end, now)
        self._answered(back_end, news, now)

    def store(self, back_end: BackEnd, now: float) -> None:
        """What it said last goes with the commit group."""
        self._writer.store(back_end, state_row(back_end, now))

    def _settled_in(self, back_end: BackEnd, now: float) -> None:
        if back_end in self._in_flight:
            self._in_flight.discard(back_end)
            self._pump(now)

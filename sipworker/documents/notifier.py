"""The subscriptions to documents of this worker: stored, told, taken up again, ended."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable

from rls.domain.uri import InvalidUri
from sipworker.documents import store
from sipworker.documents.store import Renewal, Task, Written
from sipworker.documents.subscription import DocumentSubscription
from sipworker.engine import notify_retries
from sipworker.engine.dialog_row import resumed
from sipworker.engine.options import WorkerOptions
from sipworker.engine.rows import storable
from sipworker.sip.agent import UserAgent
from sipworker.sip.dialog import contact_of
from sipworker.sip.incoming_subscription import notify_flow
from sipworker.sip.notifications import (
    SIPIncomingSubscriptionDidTimeout,
    SIPIncomingSubscriptionNotifyDidFail,
    SIPIncomingSubscriptionNotifyDidSucceed,
)
from xcap.diff.report import MEDIA_TYPE, entity_tag
from xcap.selectors.root import XcapRoot

log = logging.getLogger("rls.documents")

EVENT = "xcap-diff"
RETRY = 2.0
"""Seconds until what the database did not take is tried again."""
ROOM, ROOM_OF_A_DATAGRAM = 1_000_000, 59_000
"""Octets of all reports in a NOTIFY."""


class DocumentNotifier:
    """One write numbers a NOTIFY, keeps its body and remembers what it tells; then it is sent.

    At most one NOTIFY of a dialog is unanswered (RFC 5875 section 4.7). What changed is found by
    comparing, so that no announcement can be lost for good.
    """

    def __init__(self, agent: UserAgent, options: WorkerOptions, root: XcapRoot) -> None:
        self._agent = agent
        self._options = options
        self._root = root
        self._all: set[DocumentSubscription] = set()
        self._by_tree: dict[str, set[DocumentSubscription]] = {}
        self._due: dict[DocumentSubscription, None] = {}
        self._work = asyncio.Event()

    def __len__(self) -> int:
        return len(self._all)

    # -- what happens

    def renew(self, subscription: DocumentSubscription, expires: int) -> None:
        """A SUBSCRIBE waits, a first one or a refresh: store it, answer it, tell full state."""
        subscription.expires = expires
        subscription.full = subscription.renewing = True
        if not expires:
            subscription.ending = "timeout"
        self._enter(subscription)
        self._need(subscription)

    def changed(self, tree: str) -> None:
        """Some document of a user has changed."""
        self._look_at(self._by_tree.get(tree, ()))

    def check_all(self) -> None:
        """Announcements may have been missed."""
        self._look_at(self._all)

    def _look_at(self, subscriptions: Iterable[DocumentSubscription]) -> None:
        for subscription in subscriptions:
            subscription.dirty = True
            self._need(subscription)

    def _need(self, subscription: DocumentSubscription) -> None:
        self._due[subscription] = None
        self._work.set()

    def notify_succeeded(self, notification: SIPIncomingSubscriptionNotifyDidSucceed, now: float) -> None:
        subscription = notification.sender.owner
        if isinstance(subscription, DocumentSubscription):
            subscription.in_flight, subscription.answered, subscription.retries = False, True, 0
            if subscription.row.reason:
                self._forget(subscription, now)
            self._need(subscription)

    def notify_failed(self, notification: SIPIncomingSubscriptionNotifyDidFail, now: float) -> None:
        subscription = notification.sender.owner
        if not isinstance(subscription, DocumentSubscription):
            return
        subscription.in_flight = False
        if notification.ends or subscription.row.reason:
            log.info("NOTIFY ended a subscription to documents", extra={"code": notification.outcome.status})
            self._forget(subscription, now)
            self._need(subscription)
            return
        delay = notify_retries.pause(subscription.retries, notification.outcome)
        subscription.retries += 1
        self._agent.wheel.schedule(now + delay, lambda now: self._tell_all(subscription))

    def _tell_all(self, subscription: DocumentSubscription) -> None:
        subscription.full = True
        self._need(subscription)

    def timed_out(self, notification: SIPIncomingSubscriptionDidTimeout, now: float) -> None:
        subscription = notification.sender.owner
        if isinstance(subscription, DocumentSubscription):
            self._expire(subscription, now)

    def _expire(self, subscription: DocumentSubscription, now: float) -> None:
        """A refresh that came in time and waits for its commit still counts."""
        if subscription.sip.is_waiting:
            self._agent.wheel.schedule(now + 1, lambda now: self._expire(subscription, now))
        elif subscription.sip.expires_at <= now and not subscription.over:
            subscription.ending = "timeout"
            self._need(subscription)

    # -- who they are

    def _enter(self, subscription: DocumentSubscription) -> None:
        """Count it among ours, by what it watches now."""
        self._leave(subscription)
        self._all.add(subscription)
        for tree in subscription.trees:
            self._by_tree.setdefault(tree, set()).add(subscription)

    def _leave(self, subscription: DocumentSubscription) -> None:
        self._all.discard(subscription)
        for tree in [tree for tree, members in self._by_tree.items() if subscription in members]:
            self._by_tree[tree].discard(subscription)
            if not self._by_tree[tree]:
                del self._by_tree[tree]

    def _forget(self, subscription: DocumentSubscription, now: float) -> None:
        subscription.over = True
        self._leave(subscription)
        subscription.sip.drop(now)

    # -- write, then send

    async def run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            due, self._due = list(self._due), {}
            tasks = {each: task for each in due if (task := self._task(each)) is not None}
            results = await store.write(list(tasks.values()))
            now = asyncio.get_running_loop().time()
            for (subscription, task), written in zip(tasks.items(), results, strict=True):
                if written is None:
                    self._not_written(subscription, task, now)
                else:
                    self._written(subscription, task, written, now)

    def _task(self, subscription: DocumentSubscription) -> Task | None:
        """What the flags ask for; they are taken back, so that what comes meanwhile counts anew."""
        renewal = self._renewal(subscription) if subscription.renewing else None
        wanted = subscription.full or subscription.dirty or bool(subscription.ending)
        notify = wanted and not subscription.in_flight and not subscription.row.reason
        if not (notify or renewal or subscription.answered or subscription.over):
            return None
        task = Task(
            row=subscription.row,
            watched=subscription.watched,
            reader=subscription.reader,
            room=ROOM if subscription.sip.flow.reliable else ROOM_OF_A_DATAGRAM,
            root=self._options.xcap_url,
            renewal=renewal,
            notify=notify,
            full=notify and subscription.full,
            reason=subscription.ending if notify else "",
            answered=subscription.answered,
            delete=subscription.over,
        )
        subscription.answered = False
        if notify:
            subscription.full = subscription.dirty = False
        return task

    def _not_written(self, subscription: DocumentSubscription, task: Task, now: float) -> None:
        subscription.answered = subscription.answered or task.answered
        subscription.full = subscription.full or task.full
        subscription.dirty = subscription.dirty or task.notify
        self._agent.wheel.schedule(now + RETRY, lambda now: self._need(subscription))

    @staticmethod
    def _renewal(subscription: DocumentSubscription) -> Renewal:
        transaction = subscription.sip.waiting
        request = transaction.request
        contact = contact_of(request) or subscription.sip.dialog.remote_target
        return Renewal(
            contact=storable(contact),
            flow=notify_flow(request, transaction.source, contact).dumps(),
            remote_cseq=request.cseq.number,
            expires=int(time.time()) + subscription.expires,
            mode=subscription.mode,
            uris=subscription.uris,
            condition=storable(request.header("suppress-if-match") or ""),
        )

    def _written(self, subscription: DocumentSubscription, task: Task, written: Written, now: float) -> None:
        subscription.row = written.row
        if task.renewal is not None:
            subscription.renewing = False
            code = 204 if written.suppressed else 200
            subscription.sip.accept(subscription.expires, now, headers=self._agent.allow_events(), code=code)
        if written.suppressed and written.row.reason:
            self._forget(subscription, now)
            self._need(subscription)
        if written.more:
            subscription.dirty = True
        if written.body is not None:
            self._send(subscription, now)

    def _send(self, subscription: DocumentSubscription, now: float) -> None:
        row, sip = subscription.row, subscription.sip
        subscription.in_flight = True
        state = sip.subscription_state(now, row.reason)
        body = bytes(row.unanswered or b"")
        headers = f"SIP-ETag: {entity_tag(row.known)}\r\n"
        if body:
            headers += f"Content-Type: {MEDIA_TYPE}\r\n"
        sip.send_notify(row.local_cseq, state, headers, body, now)

    # -- after a restart

    async def load(self, now: float) -> int:
        """Before the sockets are open; returns how many subscriptions are taken up."""
        for row in await store.load(self._options.worker):
            sip = resumed(row, self._agent, EVENT, now)
            try:
                self._enter(DocumentSubscription(row, sip, self._root))
            except InvalidUri:
                log.error("a subscription of nobody", extra={"watcher": row.identity})
        return len(self._all)

    def resume(self, now: float) -> None:
        """What was not answered is sent again, as a retransmission; then what has changed meanwhile."""
        for subscription in list(self._all):
            sip = subscription.sip
            sip.resume(sip.expires_at, now)
            if subscription.row.unanswered is not None:
                self._send(subscription, now)
            elif subscription.row.reason:
                self._forget(subscription, now)
            subscription.dirty = True
            self._need(subscription)

"""A demo phone: subscribes to a list, answers its NOTIFYs, and starts again whatever happens."""

from __future__ import annotations

import logging

from sipworker.sip.agent import UserAgent
from sipworker.sip.keyring import Keyring
from sipworker.sip.notifications import (
    Notification,
    SIPSubscriptionDidEnd,
    SIPSubscriptionDidFail,
    SIPSubscriptionGotNotify,
)
from sipworker.sip.subscription import Subscription
from sipworker.watchlist.options import Options

log = logging.getLogger("rls.demo")

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 30.0


class Phone:
    """Keeps one subscription to `options.list_uri` alive until stop()."""

    def __init__(self, agent: UserAgent, options: Options) -> None:
        self._agent = agent
        self._options = options
        self._pause = FIRST_PAUSE
        self._stopping = False
        self.subscription: Subscription | None = None
        self.notified = 0

    def start(self, now: float) -> None:
        if self._stopping:
            return
        options = self._options
        self.subscription = Subscription(
            self._agent,
            request_uri=options.list_uri,
            from_header=f"<{options.watcher}>",
            event=options.event,
            headers=f"Supported: eventlist\r\nAccept: {options.accept}\r\nUser-Agent: demo phone\r\n",
            route=(f"<{options.server};lr>",),
            expires=options.expires,
            keys=Keyring.of_one(options.credentials) if options.credentials else None,
            owner=self,
        )
        self.subscription.subscribe(now)

    def stop(self, now: float) -> None:
        """Unsubscribe for good."""
        self._stopping = True
        if self.subscription is not None:
            self.subscription.end(now)

    def _again(self, now: float, why: str) -> None:
        self.subscription = None
        if self._stopping:
            return
        who = {"phone": self._options.watcher, "list": self._options.list_uri}
        log.info("phone subscribes again", extra={**who, "why": why, "pause": self._pause})
        self._agent.wheel.schedule(now + self._pause, self.start)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def observe(self, notification: Notification, now: float) -> None:
        """What concerns this phone's subscription."""
        match notification:
            case SIPSubscriptionGotNotify(notify=notify):
                self._pause = FIRST_PAUSE
                self.notified += 1
                notify.accept(now)
            case SIPSubscriptionDidFail(code=code, reason=reason):
                self._again(now, f"{code} {reason}")
            case SIPSubscriptionDidEnd(state=state):
                self._again(now, f"ended: {state.reason if state else 'no final NOTIFY'}")


def observe(notification: Notification, now: float) -> None:
    """The observer of an agent whose subscriptions are phones'."""
    owner = getattr(notification.sender, "owner", None) if hasattr(notification, "sender") else None
    if isinstance(owner, Phone):
        owner.observe(notification, now)

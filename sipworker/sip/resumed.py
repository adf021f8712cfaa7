"""Subscriptions from before a restart, by the SUBSCRIBE that made them or refreshed them last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipworker.sip.message import Request
from sipworker.sip.timers import TIMER_F, Timer, TimerWheel

if TYPE_CHECKING:
    from sipworker.sip.incoming_subscription import IncomingSubscription


class Resumed:
    """They are kept as long as a phone may send that SUBSCRIBE again (RFC 3261 section 17.1.2.2, Timer F).

    It was stored, but nobody knows whether its answer had left; to the new transaction layer it is new, and
    it would begin a second subscription.
    """

    def __init__(self, wheel: TimerWheel) -> None:
        self._wheel = wheel
        self._by_subscribe: dict[str, IncomingSubscription] = {}
        self._end: Timer | None = None
        self._last = 0.0

    def add(self, subscription: IncomingSubscription, now: float) -> None:
        dialog = subscription.dialog
        key = f"{dialog.call_id};{dialog.remote_tag or ''};{dialog.remote_cseq}"
        self._by_subscribe[key] = subscription
        if self._end is None or self._last != now:
            self._forget_at(now + TIMER_F)
            self._last = now

    def _forget_at(self, when: float) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = self._wheel.schedule(when, self._forget)

    def _forget(self, now: float) -> None:
        self._by_subscribe = {}
        self._end = None

    def of(self, request: Request) -> IncomingSubscription | None:
        """The subscription whose last SUBSCRIBE this is, sent again; None if that is over."""
        if not self._by_subscribe:
            return None
        key = f"{request.call_id};{request.from_tag or ''};{request.cseq.number}"
        known = self._by_subscribe.get(key)
        return None if known is None or known.state == "terminated" else known

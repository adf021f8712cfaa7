"""A contact of the demo and those who watch it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sipworker.demo import documents
from sipworker.demo.life import Moment
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.timers import TimerWheel

Document = Callable[[str, Moment, int], bytes]

PACKAGES: dict[str, tuple[str, Document]] = {
    "presence": (documents.PIDF, lambda entity, moment, version: documents.pidf(entity, moment)),
    "dialog": (documents.DIALOG_INFO, documents.dialog_info),
}
"""Media type and document of each event package we notify."""


class Contact:
    """Lives through its moments, `rate` times as fast as they say, and tells its watchers."""

    def __init__(
        self, uri: str, moments: Iterator[Moment], rate: float, wheel: TimerWheel, now: float
    ) -> None:
        self.uri = uri
        self._moments = moments
        self._rate = rate
        self._wheel = wheel
        self._watchers: dict[IncomingSubscription, int] = {}
        self.moment = next(moments)
        self._schedule(now)

    def _schedule(self, now: float) -> None:
        self._wheel.schedule(now + self.moment.seconds / self._rate, self._next)

    def _next(self, now: float) -> None:
        before, self.moment = self.moment, next(self._moments)
        self._schedule(now)
        for watcher in list(self._watchers):
            if self._shown(watcher.event, before) != self._shown(watcher.event, self.moment):
                self.tell(watcher, now)

    def _shown(self, event: str, moment: Moment) -> bytes:
        return PACKAGES[event][1](self.uri, moment, 0)

    def tell(self, watcher: IncomingSubscription, now: float) -> None:
        """Send the present state; a watcher that is told the first time stays one."""
        watcher.push_content(*self._document(watcher), now)

    def tell_last(self, watcher: IncomingSubscription, now: float) -> None:
        """The final NOTIFY, of a fetch too, has the state (RFC 6665 section 4.4.3)."""
        watcher.end(now, "timeout", *self._document(watcher))

    def _document(self, watcher: IncomingSubscription) -> tuple[str, bytes]:
        version = self._watchers.get(watcher, -1) + 1
        self._watchers[watcher] = version
        media_type, document = PACKAGES[watcher.event]
        return media_type, document(self.uri, self.moment, version)

    def forget(self, watcher: IncomingSubscription) -> None:
        self._watchers.pop(watcher, None)

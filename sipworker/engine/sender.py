"""Sends what the outbox says: per dialog in CSeq order, one in flight, paced over the loop's turns."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable

from rls.domain.histogram import Histogram
from rls.store.numbering import OutboxRow
from sipworker.engine.list_subscription import ListSubscription
from sipworker.engine.marks import note
from sipworker.engine.rendering import NO_LIMITS, Limits, render

log = logging.getLogger("rls.sender")

LEASE = 5.0
"""Seconds without a word from the database after which another process may have taken our place."""
PER_TURN = 64
"""NOTIFYs per turn of the event loop, so that a tick does not overrun the sockets' buffers."""


class Sender:
    """`later(callback)` runs a callback in the next turn of the event loop; `tell_rest(watcher, rows)`
    has another NOTIFY numbered for states that did not fit; with `full_state` all others are full."""

    def __init__(
        self,
        later: Callable[[Callable[[], None]], object],
        clock: Callable[[], float],
        host: str,
        tell_rest: Callable[[ListSubscription, set[int]], None],
        *,
        limits: Limits = NO_LIMITS,
        full_state: bool = False,
    ) -> None:
        self._later = later
        self._clock = clock
        self._host = host
        self._limits = limits
        self._tell_rest = tell_rest
        self._full_state = full_state
        self._ready: deque[ListSubscription] = deque()
        self._scheduled = False
        self._sure_until = math.inf
        self.full = self.partial = 0
        self.delay = Histogram()
        """From the oldest change a NOTIFY tells to its sending."""

    def __len__(self) -> int:
        return len(self._ready)

    def confirm(self, asked: float) -> None:
        """The dialogs were ours when the database was asked. Who has slept longer than the lease sends
        nothing before the next word: what is in memory may be old."""
        self._sure_until = asked + LEASE
        self._schedule()

    def deliver(self, watcher: ListSubscription, row: OutboxRow, now: float) -> None:
        """A numbered NOTIFY of this watcher is to be sent."""
        watcher.enqueue(row)
        self.ready(watcher)

    def ready(self, watcher: ListSubscription) -> None:
        """The watcher may have a NOTIFY whose turn it is."""
        self._ready.append(watcher)
        self._schedule()

    def _schedule(self) -> None:
        if self._ready and not self._scheduled:
            self._scheduled = True
            self._later(self._turn)

    def _turn(self) -> None:
        now = self._clock()
        self._scheduled = False
        if now > self._sure_until:
            return
        for _ in range(min(PER_TURN, len(self._ready))):
            self._send_next(self._ready.popleft(), now)
        self._schedule()

    def _send_next(self, watcher: ListSubscription, now: float) -> None:
        row = watcher.next_to_send()
        if row is None:
            return
        always = self._full_state or watcher.profile.always_full
        watcher.force_full = watcher.force_full or (always and not watcher.spread)
        notify = render(watcher, row, self._host, now, self._limits)
        self._count(watcher, row, now)
        watcher.force_full = False
        watcher.spread = bool(notify.left_over)
        watcher.shown = notify.shown
        if notify.choice is not None:
            note(watcher, row, notify.choice, notify.left_over)
        if watcher.pace is not None and not row.reason:
            watcher.pace.sent(now, full=notify.full)
        if notify.left_over:
            self._tell_rest(watcher, notify.left_over)
        watcher.sip.send_notify(row.cseq, notify.state, notify.headers, notify.body, now)

    def _count(self, watcher: ListSubscription, row: OutboxRow, now: float) -> None:
        if row.kind == "F":
            self.full += 1
        else:
            self.partial += 1
        if watcher.news_since:
            self.delay.observe(now - watcher.news_since)
            watcher.news_since = 0.0
        if log.isEnabledFor(logging.DEBUG):
            told = {"subscription": watcher.label, "cseq": row.cseq, "version": row.version}
            log.debug("NOTIFY", extra={**told, "kind": row.kind, "resources": len(row.row_ids)})

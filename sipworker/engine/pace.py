"""Watchers that are told at another pace than that of the ticks (RFC 6446, packages, RLS_WAITN_TIMES).

Few are: all others are told by the ticks. What is held back here is stored, but has no mark; after a restart
such a watcher gets full state.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from rls.domain.notify_rates import Rates
from sipworker.sip.timers import Timer, TimerWheel

PERIOD = 60.0
"""Seconds over which the average of adaptive-min-rate goes."""
SOON = 0.05
"""Seconds in which changes that come together are collected when nothing has to be waited for."""
FOREVER = inf
LONG_AGO = -1e9
"""Before any NOTIFY; not 0, which is near on the clock of a host that was just started."""


class Pace:
    """Of one list subscription; `tell(rows)` has a NOTIFY numbered, `rates` are those that it asked for.

    `pause`: seconds between two NOTIFYs at least, whatever it asked for.
    """

    def __init__(
        self, wheel: TimerWheel, tell: Callable[[set[int]], None], rates: Rates, pause: float
    ) -> None:
        self._wheel = wheel
        self._tell = tell
        self._held: set[int] = set()
        self._sent = LONG_AGO
        self._recent: list[float] = []
        self._under_way = False
        self._timer: Timer | None = None
        self._timer_at = 0.0
        self.ask(rates, pause)

    def ask(self, rates: Rates, pause: float) -> None:
        """A SUBSCRIBE says anew what is wanted; its NOTIFY sets the timer."""
        self.rates = rates
        self._shortest = rates.shortest(pause)

    def hold(self, rows: set[int]) -> None:
        """These rows are to be told when it is time."""
        self._held |= rows
        self._arm()

    def sent(self, now: float, *, full: bool) -> None:
        """A NOTIFY went out, whatever for."""
        self._sent = now
        self._recent = [*(when for when in self._recent if when > now - PERIOD), now]
        self._under_way = False
        if full:
            self._held.clear()
        self._arm()

    @property
    def holds(self) -> bool:
        return bool(self._held)

    @property
    def is_asleep(self) -> bool:
        """`Suppress-If-Match: *` makes a subscription dormant (RFC 5839 section 6.4)."""
        return self._shortest == FOREVER

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _next(self) -> float | None:
        """When the next NOTIFY is due; None: not before something changes, or while one is under way."""
        if self._under_way or self.is_asleep:
            return None
        if self._held:
            return self._sent + self._shortest + SOON
        longest = self.rates.longest(len(self._recent), PERIOD)
        return None if longest is None else self._sent + max(longest, self._shortest)

    def _arm(self) -> None:
        """A timer that is set too early is kept and looks again: each change would leave one in the wheel."""
        due = self._next()
        if due is None or (self._timer is not None and self._timer_at <= due):
            return
        self.stop()
        self._timer_at = due
        self._timer = self._wheel.schedule(due, self._look)

    def _look(self, now: float) -> None:
        self._timer = None
        due = self._next()
        if due is None:
            return
        if now < due:
            self._arm()
            return
        rows, self._held = self._held, set()
        self._under_way = True
        self._tell(rows)

"""Watchers that are told less often than the ticks come, or at least so often (RFC 6446, floors of packages).

Few are: all others are told by the ticks. What is held back here is stored, but has no mark; after a restart
such a watcher gets full state.
"""

from __future__ import annotations

from collections.abc import Callable

from rls.domain.notify_rates import Rates
from sipworker.sip.timers import Timer, TimerWheel

PERIOD = 60.0
"""Seconds over which the average of adaptive-min-rate goes."""
SOON = 0.05
"""Seconds in which changes that come together are collected when nothing has to be waited for."""


class Pace:
    """Of one list subscription; `tell(rows)` has a NOTIFY numbered, `rates` are those that it asked for."""

    def __init__(
        self, wheel: TimerWheel, tell: Callable[[set[int]], None], rates: Rates, pause: float
    ) -> None:
        self._wheel = wheel
        self._tell = tell
        self.ask(rates, pause)
        self._held: set[int] = set()
        self._sent = 0.0
        self._recent: list[float] = []
        self._under_way = False
        self._timer: Timer | None = None

    def ask(self, rates: Rates, pause: float) -> None:
        """A SUBSCRIBE says anew what is wanted."""
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

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self.stop()
        limits = []
        if self._held:
            limits.append(self._sent + self._shortest)
        if longest := self.rates.longest(len(self._recent), PERIOD):
            limits.append(self._sent + max(longest, self._shortest))
        if limits and not self._under_way:
            self._timer = self._wheel.schedule(min(limits) + SOON, self._due)

    def _due(self, now: float) -> None:
        rows, self._held = self._held, set()
        self._under_way = True
        self._tell(rows)

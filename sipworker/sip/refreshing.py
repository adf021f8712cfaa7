"""When a subscription is refreshed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from sipworker.sip.timers import Timer

if TYPE_CHECKING:
    from sipworker.sip.agent import UserAgent

SAME_EXPIRY = 2.0
"""Seconds by which an expiry that was only rounded or delayed may seem to move."""


class Refreshing(ABC):
    """Knows how long it lasts (`expires_at`), and refreshes itself in time.

    A base, not a part: there are very many, and an object more in each would be memory.
    """

    __slots__ = ("_refresh", "_refresh_at", "_timer_at", "agent", "expires_at")

    def __init__(self, agent: UserAgent) -> None:
        self.agent = agent
        self.expires_at = 0.0
        self._refresh: Timer | None = None
        self._refresh_at = self._timer_at = 0.0

    @abstractmethod
    def refresh(self, now: float) -> None:
        """It is time to."""

    def _lasts(self, seconds: float, now: float) -> None:
        if self._refresh is not None and abs(now + seconds - self.expires_at) < SAME_EXPIRY:
            return  # else NOTIFYs in a row would put the refresh off for ever
        self.expires_at = now + seconds
        # Before expiry minus Timer F; spread, so that a storm does not come back each hour.
        agent = self.agent
        early = min(seconds / 2, agent.transactions.timer_f + agent.random() * seconds / 10)
        self._schedule_refresh(seconds - early, now)

    def _schedule_refresh(self, delay: float, now: float) -> None:
        """Move the refresh; a timer that is set too early is kept and looks again when it fires.

        Every NOTIFY moves it: a timer each time would fill the wheel.
        """
        self._refresh_at = now + max(delay, 1)
        if self._refresh is not None and self._refresh_at >= self._timer_at:
            return
        self._stop_refresh()
        self._timer_at = self._refresh_at
        self._refresh = self.agent.wheel.schedule_for(self, self._timer_at, Refreshing._refresh_due)

    def _refresh_due(self, now: float) -> None:
        self._refresh = None
        if now < self._refresh_at:
            self._schedule_refresh(self._refresh_at - now, now)
        else:
            self.refresh(now)

    def _stop_refresh(self) -> None:
        if self._refresh is not None:
            self._refresh.cancel()

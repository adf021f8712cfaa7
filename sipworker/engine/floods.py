"""A source that floods is not listened to for a while, before its messages cost anything."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

log = logging.getLogger("rls.floods")

PERIOD = 10.0
"""Seconds over which requests are counted; a source that is muted stays so to the end of the period."""
SOURCES = 100_000
"""Sources that are counted; with forged addresses there is no end of them."""


class Floods:
    """Counts what comes outside of dialogs, and what is malformed, by source address.

    `rate()`: how many each may send in a second, 0: any number; `exempt(source)`: it may send as it likes.
    """

    def __init__(self, rate: Callable[[], int], exempt: Callable[[str], bool]) -> None:
        self._rate = rate
        self._most = 0
        self._exempt = exempt
        self._counts: Counter[str] = Counter()
        self._ends = 0.0
        self._spared: set[str] = set()
        self.muted: set[str] = set()

    def heard(self, source: str, now: float) -> None:
        """One more message from `source` (an address)."""
        if now >= self._ends:
            self.renew(now)
        if not self._most:
            return
        if len(self._counts) >= SOURCES:
            self._counts.clear()
        self._counts[source] += 1
        if self._counts[source] <= self._most or source in self._spared:
            return
        if self._exempt(source):
            self._spared.add(source)
        else:
            log.warning("source floods, muted", extra={"source": source, "seconds": round(self._ends - now)})
            self.muted.add(source)

    def renew(self, now: float) -> None:
        """A new period begins: everybody is heard."""
        self._ends = now + PERIOD
        self._most = int(self._rate() * PERIOD)
        self._counts.clear()
        self._spared.clear()
        self.muted.clear()

    def mutes(self, source: str, now: float) -> bool:
        """Whether a message is to be dropped unread."""
        if now >= self._ends:
            self.renew(now)
        return source in self.muted

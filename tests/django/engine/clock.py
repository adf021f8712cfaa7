"""A clock that the test sets forward: the event loop's, hence that of all timers."""

from __future__ import annotations

import asyncio

import pytest


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        self._real = loop.time
        self._ahead = 0.0
        monkeypatch.setattr(loop, "time", self.now)

    def now(self) -> float:
        return self._real() + self._ahead

    def set_forward_to(self, when: float) -> None:
        self._ahead += max(0.0, when - self.now())

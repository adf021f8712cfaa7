"""A clock that stands still until the test sets it forward: that of the worker, hence of all its timers."""

from __future__ import annotations

import asyncio
import sys

import pytest


class Clock:
    """The worker's. That of asyncio, which waits for the database, goes on beside it and jumps with it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        self._real = loop.time
        self._now = loop.time()
        self._ahead = 0.0
        monkeypatch.setattr(loop, "time", self._time)

    def now(self) -> float:
        return self._now

    def set_forward_to(self, when: float) -> None:
        jump = max(0.0, when - self._now)
        self._now += jump
        self._ahead += jump

    def _time(self) -> float:
        caller: str = sys._getframe(1).f_globals["__name__"]
        return self._real() + self._ahead if caller.partition(".")[0] == "asyncio" else self._now

"""Holds commit groups back, so that a test sees what is done before they are committed, and what after."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rls.store import commit_group
from tests.django.engine.waiting import until


class Gate:
    """Groups arrive at it one by one; each waits until it is let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._write = commit_group.write
        self._free = asyncio.Semaphore(0)
        self.arrived = self.through = 0
        self.is_silent = False
        monkeypatch.setattr(commit_group, "write", self._wait)

    async def _wait(self, *arguments: Any) -> Any:
        self.arrived += 1
        await self._free.acquire()
        rows = await self._write(*arguments)
        self.through += 1
        if self.is_silent:
            await asyncio.Event().wait()
        return rows

    async def holds(self) -> None:
        """Until a group stands at the gate."""
        await until(lambda: self.arrived > self.through)

    async def let_one_through(self) -> None:
        """Until it is committed."""
        before = self.through
        self._free.release()
        await until(lambda: self.through > before)

    async def let_one_through_silently(self) -> None:
        """Until it is committed; the worker never learns of it."""
        self.is_silent = True
        await self.let_one_through()

    def open(self) -> None:
        """For all that come."""
        for _ in range(10_000):
            self._free.release()

"""What the worker does side by side: a task for each part."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger("rls.worker")


class Parts:
    """`failed()` is called when a part ends with an exception, which is then `failure`."""

    def __init__(self, failed: Callable[[], None]) -> None:
        self._failed = failed
        self._tasks: list[asyncio.Task[None]] = []
        self.failure: BaseException | None = None

    def start(self, *parts: Coroutine[Any, Any, None]) -> None:
        for part in parts:
            task = asyncio.get_running_loop().create_task(part)
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("a part of the worker failed", exc_info=error)
            self.failure = error
            self._failed()

    async def wait_for_first(self, seconds: float) -> None:
        """Until the part that was started first has ended, if any was, but no longer than so."""
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=seconds)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

"""Waiting in an event loop for conditions, never for time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LIMIT = 60.0
"""Seconds after which a test gives up: far more than anything takes."""


async def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.002)

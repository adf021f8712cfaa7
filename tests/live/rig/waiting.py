"""Waiting for conditions, never for time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tests.live.rig.message import Message

LIMIT = 60.0
"""Seconds after which a live test gives up: far more than anything takes."""
T = TypeVar("T")


def eventually(look: Callable[[], T], what: str, limit: float = LIMIT) -> T:
    """The first true value of `look()`."""
    end = time.monotonic() + limit
    while not (value := look()):
        assert time.monotonic() < end, f"{what}: not within {limit} s"
        time.sleep(0.02)
    return value


class Inbox:
    """Messages in the order of their arrival, from any thread."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._arrived = threading.Condition()

    def add(self, message: Message) -> None:
        with self._arrived:
            self._messages.append(message)
            self._arrived.notify_all()

    def all(self, wanted: Callable[[Message], bool] = lambda message: True) -> list[Message]:
        with self._arrived:
            return [message for message in self._messages if wanted(message)]

    def wait(self, wanted: Callable[[Message], bool], count: int = 1, limit: float = LIMIT) -> Message:
        """The `count`th message that is wanted."""

        def found() -> list[Message]:
            return [message for message in self._messages if wanted(message)]

        with self._arrived:
            enough = self._arrived.wait_for(lambda: len(found()) >= count, limit)
            assert enough, f"{len(found())} of {count} messages within {limit} s; there are:\n{self}"
            return found()[count - 1]

    def __str__(self) -> str:
        return "\n".join(f"{message.at:.3f} {message.start_line}" for message in self._messages)

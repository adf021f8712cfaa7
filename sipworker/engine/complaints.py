"""Malformed messages in the log: one line per source and minute, however many come."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sipworker.sip.flow import Flow
from sipworker.sip.message import MalformedMessage

log = logging.getLogger("rls.malformed")

QUIET = 60.0
"""Seconds for which a source that was named is not named again."""
SOURCES = 1000
"""Sources that are remembered; with forged addresses there is no end of them."""


class Complaints:
    """`clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._named: dict[str, float] = {}
        self._unnamed = 0

    def heard(self, error: MalformedMessage, flow: Flow) -> None:
        """A message from `flow` could not be understood."""
        now, source = self._clock(), flow.remote[0]
        if now - self._named.get(source, -QUIET) < QUIET:
            self._unnamed += 1
            return
        if len(self._named) >= SOURCES:
            self._named.clear()
        self._named[source] = now
        log.warning(
            "malformed message",
            extra={
                "source": flow.dumps(),
                "why": error.reason,
                "answer": error.status,
                "unlogged": self._unnamed,
            },
        )
        self._unnamed = 0

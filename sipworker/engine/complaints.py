"""What cannot be understood or answered, in the log: one line per source and minute, however much comes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sipworker.sip.flow import Flow
from sipworker.sip.message import MalformedMessage, Request

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
        self._complain("malformed message", flow, why=error.reason, answer=error.status)

    def unanswered(self, request: Request, flow: Flow) -> None:
        """Its answer would be longer than the request (decision 0017)."""
        self._complain("request too short to be answered", flow, method=request.method)

    def _complain(self, message: str, flow: Flow, **values: object) -> None:
        now, source = self._clock(), flow.remote[0]
        if now - self._named.get(source, -QUIET) < QUIET:
            self._unnamed += 1
            return
        if len(self._named) >= SOURCES:
            self._named.clear()
        self._named[source] = now
        log.warning(message, extra={"source": flow.dumps(), **values, "unlogged": self._unnamed})
        self._unnamed = 0

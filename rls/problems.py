"""Keeps warnings and errors of this process until they are written down for the admin."""

from __future__ import annotations

import logging
from collections import deque
from datetime import UTC, datetime

from rls.models import Problem

MOST = 50
"""Problems between two calls of take() that are kept; a log has them all."""
LONGEST = 1000
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Problems(logging.Handler):
    """A handler for the root logger. `process` is the name of one that is no SIP worker."""

    def __init__(self, owner: int = 0, process: str = "") -> None:
        super().__init__(logging.WARNING)
        self._owner = owner
        self._process = process
        self._kept: deque[Problem] = deque(maxlen=MOST)

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(
            Problem(
                at=datetime.fromtimestamp(record.created, UTC),
                owner=self._owner,
                process=self._process,
                level=record.levelname.lower(),
                logger=record.name,
                message=_text(record)[:LONGEST].replace("\0", ""),
            )
        )

    def take(self) -> list[Problem]:
        """What came since the last call."""
        taken = list(self._kept)
        self._kept.clear()
        return taken


def _text(record: logging.LogRecord) -> str:
    """The message and the values that came with it, as the log shows them."""
    values = (f"{name}={value}" for name, value in vars(record).items() if name not in _KNOWN)
    error = record.exc_info[1] if record.exc_info else None
    return " ".join((record.getMessage(), *values, *([repr(error)] if error else [])))

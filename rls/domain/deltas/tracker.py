"""One back-end subscription's documents in order: what of them a watcher is shown."""

from __future__ import annotations

from enum import Enum

from rls.domain.deltas.documents import Heading, heading, renumbered
from rls.domain.deltas.merging import CannotMerge, merged


class Verdict(Enum):
    """What to do with a body."""

    SHOW = "show it instead of the one before"
    NEXT = "show it after those before: nobody knows what it leaves out"
    ASK = "ask for the complete document"
    SKIP = "skip: older than what is known"


class Tracker:
    """Numbers seen and shown of one instance.

    A watcher discards a document whose number is not above its own, also in a list. A back end that
    starts anew counts from 0 again: then the numbers go on here (RFC 4235 section 4.1).
    """

    __slots__ = ("_seen", "_shown")

    def __init__(self) -> None:
        self._seen: int | None = None
        self._shown: int | None = None

    def restarts(self) -> None:
        """The next document is of a new subscription."""
        self._seen = None

    def take(self, content_type: str, body: bytes, known: bytes) -> tuple[Verdict, bytes]:
        """`known` is what is shown now; what to do, and what to show instead."""
        head = heading(content_type, body)
        if head is None:
            return Verdict.NEXT, body
        if head.version is None:
            return (Verdict.ASK if head.partial else Verdict.SHOW), body
        if self._shown is None and known and (shown := heading(content_type, known)):
            self._shown = shown.version
        if head.partial:
            return self._piece(head.version, body, known, heading(content_type, known))
        self._seen = head.version
        return Verdict.SHOW, self._numbered(head, body, known)

    def _numbered(self, head: Heading, body: bytes, known: bytes) -> bytes:
        assert head.version is not None
        if self._shown is None or head.version > self._shown:
            self._shown = head.version
            return body
        again = renumbered(body, self._shown)
        if again == known:
            return known  # told again, as after a refresh: nothing new
        self._shown += 1
        return renumbered(body, self._shown)

    def _piece(self, version: int, body: bytes, known: bytes, base: Heading | None) -> tuple[Verdict, bytes]:
        if self._seen is not None and version <= self._seen:
            return Verdict.SKIP, known
        if self._seen is None or version != self._seen + 1 or base is None or base.partial:
            return Verdict.ASK, body
        number = max(version, (self._shown or 0) + 1)
        try:
            whole = merged(known, body, number)
        except CannotMerge:
            return Verdict.ASK, body
        self._seen, self._shown = version, number
        return Verdict.SHOW, whole

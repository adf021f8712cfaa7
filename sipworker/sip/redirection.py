"""Where a 3xx sends a client, and where else if nothing comes of that (RFC 3261 section 8.1.3.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from rls.domain.uri import InvalidUri, SipUri
from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.headers import NameAddr
from sipworker.sip.message import Response

MAX_TARGETS = 5
"""Contacts that are tried for one request: whoever redirects decides to whom we send."""

_QVALUE = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?").fullmatch


class TargetSet:
    """The SIP URIs to which a request may go that went to `origin`, none of them twice."""

    __slots__ = ("_known", "_waiting")

    def __init__(self, origin: str) -> None:
        self._known = {origin}
        self._waiting: list[NameAddr] = []

    def add(self, answer: Response) -> None:
        """The Contacts of a 3xx."""
        for contact in sorted(_contacts(answer), key=_preference, reverse=True):
            if contact.uri not in self._known and len(self._known) <= MAX_TARGETS:
                self._known.add(contact.uri)
                self._waiting.append(contact)
        self._waiting.sort(key=_preference, reverse=True)

    def next(self) -> str | None:
        """The one that is preferred among those that wait."""
        return self._waiting.pop(0).uri if self._waiting else None


def _contacts(answer: Response) -> Iterator[NameAddr]:
    with suppress(MalformedMessage):
        for contact in map(NameAddr.parse, answer.values("contact")):
            with suppress(InvalidUri):
                SipUri.parse(contact.uri)
                yield contact


def _preference(contact: NameAddr) -> float:
    """1 where q is not said, or makes no sense."""
    q = contact.params.get("q") or ""
    return float(q) if _QVALUE(q) else 1.0

"""Where a 3xx sends a client (RFC 3261 section 8.1.3.4)."""

from __future__ import annotations

import re
from collections.abc import Container
from contextlib import suppress

from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.headers import NameAddr
from sipworker.sip.message import Response

_QVALUE = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?").fullmatch


def next_target(answer: Response, tried: Container[str]) -> str | None:
    """The SIP URI that is preferred among its Contacts, no URI twice."""
    with suppress(MalformedMessage):
        for contact in sorted(map(NameAddr.parse, answer.values("contact")), key=_preference, reverse=True):
            if contact.uri.lower().startswith(("sip:", "sips:")) and contact.uri not in tried:
                return contact.uri
    return None


def _preference(contact: NameAddr) -> float:
    """1 where q is not said, or makes no sense."""
    q = contact.params.get("q") or ""
    return float(q) if _QVALUE(q) else 1.0

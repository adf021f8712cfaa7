"""Answers that are no longer than their requests, so that nobody can have others flooded by us.

Over UDP the source of a request may be forged. What is optional goes first; what an answer has to copy
(RFC 3261 section 8.2.6) or must not lack for its code never goes: then there is no answer.
"""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

from sipworker.sip.compact import compacted

UNBOUNDED = sys.maxsize
_AFTER_NAME = re.compile(rb"^([^:\r]+): ", re.MULTILINE)


class _Cut(NamedTuple):
    what: re.Pattern[bytes]
    needed_in: tuple[bytes, ...] = ()


def _row(name: bytes, *needed_in: bytes) -> _Cut:
    return _Cut(re.compile(rb"\r\n" + name + rb":[^\r]*"), needed_in)


_CUTS = (
    _row(b"Server"),
    _row(b"User-Agent"),
    _row(b"Date"),
    _row(b"Accept-Language", b"415"),
    _row(b"Accept-Encoding", b"415"),
    _row(b"Accept", b"406", b"415"),
    _Cut(re.compile(rb"(?<=^SIP/2\.0 \d\d\d )[^\r]*")),
    _row(b"Content-Length"),  # a datagram ends with its body (section 18.3)
    _row(b"Allow", b"405"),
    _row(b"Allow-Events", b"489"),
    _row(b"Supported"),
    _row(b"Warning"),
    _row(b"Retry-After"),
    _Cut(re.compile(rb"\r\n((?:WWW|Proxy)-Authenticate):[^\r]*(?=.*\r\n\1:)", re.DOTALL)),
)
"""The most dispensable first. Of challenges the last one is for everybody (RFC 8760 section 2.3)."""


def fitted(answer: bytes, room: int) -> bytes:
    """`answer` in `room` octets; b"" if they are too few for what has to be in it."""
    if len(answer) <= room:
        return answer
    head, end, body = answer.partition(b"\r\n\r\n")
    room -= len(end) + len(body)
    for cut in _CUTS:
        if head[8:11] not in cut.needed_in:
            head = cut.what.sub(b"", head)
        if len(head) <= room:
            break
    else:
        head = _AFTER_NAME.sub(rb"\1:", compacted(head))  # last: some only know the long names
    return head + end + body if len(head) <= room else b""

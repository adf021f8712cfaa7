"""Short names of headers, by which more fits into a packet (RFC 3261 section 7.3.3)."""

from __future__ import annotations

import re

from sipworker.sip.names import COMPACT, wire_name

_SHORT = {wire_name(key).encode(): letter.encode() for letter, key in COMPACT.items()}
_LONG_NAME = re.compile(rb"^(" + b"|".join(map(re.escape, _SHORT)) + rb"):", re.MULTILINE)


def compacted(message: bytes) -> bytes:
    """The same message with the short names; its body is left alone."""
    head, blank_line, body = message.partition(b"\r\n\r\n")
    return _LONG_NAME.sub(lambda match: _SHORT[match[1]] + b":", head) + blank_line + body

"""Requests and responses (RFC 3261 section 7): looked at lazily, written back as they were read.

Headers are one dict: key (lower case, long form) -> values row by row, in the order of the message. The order
of different headers carries no meaning (RFC 3261 section 7.3.1), that within one header is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sipworker.sip.grammar import malformed, split_commas
from sipworker.sip.headers import CSeq, NameAddr, Via
from sipworker.sip.names import KNOWN_SPELLINGS, canonical, wire_name

Headers = dict[str, list[str]]

# No comma or semicolon (RFC 3261 25.1 has neither in a Call-ID): `callid;from_tag;to_tag` stays unambiguous.
_CALL_ID = re.compile(r"[!-+\--:<-~]+").fullmatch


class Message:
    """What requests and responses share.

    `call_id`, `cseq`, `from_`, `to` and `via` (the topmost) raise MalformedMessage when their header is
    absent or broken. `parse` has looked at them; in messages we build they are read when first asked for.
    """

    __slots__ = ("body", "call_id", "cseq", "from_", "headers", "to", "via")

    headers: Headers
    body: bytes
    call_id: str
    cseq: CSeq
    from_: NameAddr
    to: NameAddr
    via: Via

    if not TYPE_CHECKING:  # a misspelt attribute stays an error for the type checker

        def __getattr__(self, name: str) -> object:
            """Fills a slot that is still empty; a filled one costs no call."""
            if name not in _READERS:
                raise AttributeError(name)
            value = _READERS[name](self)
            setattr(self, name, value)
            return value

    @property
    def start_line(self) -> str:
        raise NotImplementedError

    def header(self, name: str) -> str | None:
        """The first row of a header, whole. `name` is lower case, long form."""
        rows = self.headers.get(name)
        return rows[0] if rows else None

    def rows(self, name: str) -> list[str]:
        """The values row by row, as written: for headers whose values contain commas."""
        return self.headers.get(name, [])

    def values(self, name: str) -> list[str]:
        """All elements over all rows of a header that is a comma list."""
        return [element for row in self.headers.get(name, ()) for element in split_commas(row)]

    def only(self, name: str) -> str:
        """The value of a header that comes exactly once. Raises MalformedMessage if it does not."""
        rows = self.headers.get(name, ())
        if len(rows) != 1:
            raise malformed(f"message: {len(rows)} {wire_name(name)} headers")
        return rows[0]

    def replace_top_via(self, via: Via) -> None:
        rows = self.headers["via"]
        rows[0] = ", ".join([str(via), *split_commas(rows[0])[1:]])
        self.via = via

    def to_bytes(self) -> bytes:
        """Raises ValueError if a value would break out of its line."""
        return serialise(self.start_line, self.headers, self.body)


class Request(Message):
    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, headers: Headers, body: bytes = b"") -> None:
        self.headers = headers
        self.body = body
        self.method = method
        self.uri = uri

    @classmethod
    def build(cls, method: str, uri: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Request:
        """Names in any spelling, one pair per row; Content-Length is added when it is written."""
        return cls(method, uri, collect(headers), body)

    @property
    def start_line(self) -> str:
        if " " in self.method or " " in self.uri:
            raise ValueError("a space in the request line")
        return f"{self.method} {self.uri} SIP/2.0"


class Response(Message):
    __slots__ = ("reason", "status")

    def __init__(self, status: int, reason: str, headers: Headers, body: bytes = b"") -> None:
        self.headers = headers
        self.body = body
        self.status = status
        self.reason = reason

    @property
    def start_line(self) -> str:
        return f"SIP/2.0 {self.status} {self.reason}"


def checked_call_id(value: str) -> str:
    if not _CALL_ID(value):
        raise malformed("Call-ID")
    return value


def top_via(row: str) -> Via:
    return Via.parse(row if "," not in row else (split_commas(row) or [""])[0])


_READERS: dict[str, Callable[[Message], object]] = {
    "call_id": lambda message: checked_call_id(message.only("call-id")),
    "cseq": lambda message: CSeq.parse(message.only("cseq")),
    "from_": lambda message: NameAddr.parse(message.only("from"), "From"),
    "to": lambda message: NameAddr.parse(message.only("to"), "To"),
    "via": lambda message: top_via(message.header("via") or ""),
}


def collect(pairs: Iterable[tuple[str, str]]) -> Headers:
    headers: Headers = {}
    for name, value in pairs:
        headers.setdefault(KNOWN_SPELLINGS.get(name) or canonical(name), []).append(value)
    return headers


def serialise(start_line: str, headers: Headers, body: bytes) -> bytes:
    """A message on the wire, Content-Length added. Raises ValueError if a value would break its line."""
    lines = [start_line]
    for key, rows in headers.items():
        if key != "content-length":
            name = wire_name(key)
            lines += [f"{name}: {row}" for row in rows]
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    text = "\r\n".join(lines)
    if not text.count("\n") == text.count("\r") == len(lines) + 1:
        raise ValueError("a line break in the start line or in a header")
    return text.encode("utf-8", "surrogateescape") + body

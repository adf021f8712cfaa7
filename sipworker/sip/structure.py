"""Requests and responses (RFC 3261 section 7): looked at lazily, written back as they were read.

Headers are one dict: key (lower case, long form) -> values row by row, in the order of the message. The order
of different headers carries no meaning (RFC 3261 section 7.3.1), that within one header is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sipworker.sip.grammar import malformed, split_commas
from sipworker.sip.headers import CSeq, NameAddr, Via, tag_of
from sipworker.sip.names import KNOWN_SPELLINGS, canonical, wire_name

Headers = dict[str, list[str]]

# No comma or semicolon (RFC 3261 25.1 has neither in a Call-ID): `callid;from_tag;to_tag` stays unambiguous.
_CALL_ID = re.compile(r"[!-+\--:<-~]+").fullmatch


class Message:
    """What requests and responses share. `via` is the topmost Via."""

    __slots__ = ("body", "call_id", "cseq", "from_tag", "headers", "to_tag", "via")

    headers: Headers
    body: bytes
    call_id: str
    cseq: CSeq
    from_tag: str | None
    to_tag: str | None
    via: Via

    def read_mandatory(self) -> None:
        """Fills the attributes. Raises MalformedMessage if a header is absent, comes twice or is broken."""
        headers = self.headers
        try:
            [self.call_id], [cseq], [from_], [to] = (
                headers["call-id"],
                headers["cseq"],
                headers["from"],
                headers["to"],
            )
            top = headers["via"][0]
        except (KeyError, ValueError):
            raise malformed("message: a mandatory header is missing or comes twice") from None
        if not _CALL_ID(self.call_id):
            raise malformed("Call-ID")
        self.cseq = CSeq.parse(cseq)
        self.from_tag = tag_of(from_, "From")
        self.to_tag = tag_of(to, "To")
        self.via = top_via(top)

    @property
    def from_(self) -> NameAddr:
        return NameAddr.parse(self.headers["from"][0])

    @property
    def to(self) -> NameAddr:
        return NameAddr.parse(self.headers["to"][0])

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
        """Names in any spelling, one pair per row; Content-Length is added when it is written.

        Raises MalformedMessage if it is not what another would accept.
        """
        request = cls(method, uri, collect(headers), body)
        request.read_mandatory()
        return request

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


def top_via(row: str) -> Via:
    return Via.parse(row if "," not in row else (split_commas(row) or [""])[0])


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
    lines.append(f"Content-Length: {len(body)}")
    written = "".join(lines)
    if "\r" in written or "\n" in written:
        raise ValueError("a line break in the start line or in a header")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body

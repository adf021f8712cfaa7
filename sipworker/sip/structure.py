"""Requests and responses (RFC 3261 section 7): looked at lazily, written back as they were read.

Headers are one dict: key (lower case, long form) -> values row by row, in the order of the message. The order
of different headers carries no meaning (RFC 3261 section 7.3.1), that within one header is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from sipworker.sip.grammar import malformed, split_commas
from sipworker.sip.headers import CSeq, NameAddr, Via
from sipworker.sip.names import KNOWN_SPELLINGS, canonical, wire_name

Headers = dict[str, list[str]]


class Message:
    """What requests and responses share.

    Accessors raise MalformedMessage when their header is absent or broken; `parse` has checked its messages.
    """

    __slots__ = ("_cseq", "_from", "_to", "_via", "body", "headers")

    def __init__(self, headers: Headers, body: bytes) -> None:
        self.headers = headers
        self.body = body
        self._via: Via | None = None
        self._from: NameAddr | None = None
        self._to: NameAddr | None = None
        self._cseq: CSeq | None = None

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
        rows = self.headers.get(name)
        if rows is None or len(rows) != 1:
            raise malformed(f"{wire_name(name)}: exactly one is needed")
        return rows[0]

    @property
    def call_id(self) -> str:
        return self.only("call-id")

    @property
    def cseq(self) -> CSeq:
        if self._cseq is None:
            self._cseq = CSeq.parse(self.only("cseq"))
        return self._cseq

    @property
    def from_(self) -> NameAddr:
        if self._from is None:
            self._from = NameAddr.parse(self.only("from"), "From")
        return self._from

    @property
    def to(self) -> NameAddr:
        if self._to is None:
            self._to = NameAddr.parse(self.only("to"), "To")
        return self._to

    @property
    def via(self) -> Via:
        """The topmost Via."""
        if self._via is None:
            row = self.header("via") or ""
            self._via = Via.parse(split_commas(row)[0] if "," in row else row)
        return self._via

    def replace_top_via(self, via: Via) -> None:
        rows = self.headers["via"]
        rows[0] = ", ".join([str(via), *split_commas(rows[0])[1:]])
        self._via = via

    def to_bytes(self) -> bytes:
        """Raises ValueError if a value would break out of its line."""
        return serialise(self.start_line, self.headers, self.body)


class Request(Message):
    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, headers: Headers, body: bytes = b"") -> None:
        super().__init__(headers, body)
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
        super().__init__(headers, body)
        self.status = status
        self.reason = reason

    @property
    def start_line(self) -> str:
        return f"SIP/2.0 {self.status} {self.reason}"


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

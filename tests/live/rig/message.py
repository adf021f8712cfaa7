"""SIP messages as the scripted peers see them. Nothing here is the server's code: other eyes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Headers
from functools import cached_property

Address = tuple[str, int]

_TAG = re.compile(r";\s*tag=([^;\s>]+)")
_URI = re.compile(r"<([^>]*)>")


@dataclass(frozen=True)
class Message:
    """One message as it came; `at` is time.monotonic()."""

    data: bytes
    at: float
    source: Address

    @cached_property
    def _split(self) -> tuple[str, Headers[str, str], bytes]:
        head, _, body = self.data.partition(b"\r\n\r\n")
        start_line, _, headers = head.partition(b"\r\n")
        return start_line.decode(), message_from_bytes(headers + b"\r\n\r\n"), body

    @property
    def start_line(self) -> str:
        return self._split[0]

    @property
    def body(self) -> bytes:
        return self._split[2]

    @property
    def status(self) -> int:
        """0 for a request."""
        words = self.start_line.split(" ")
        return int(words[1]) if words[0] == "SIP/2.0" else 0

    @property
    def method(self) -> str:
        """Of the request, also for a response."""
        return self["CSeq"].split(" ")[1]

    @property
    def request_uri(self) -> str:
        return self.start_line.split(" ")[1]

    @property
    def cseq(self) -> int:
        return int(self["CSeq"].split(" ")[0])

    def __getitem__(self, name: str) -> str:
        """The only row of a header; KeyError if there is none, AssertionError if there are several."""
        rows = self.rows(name)
        if not rows:
            raise KeyError(name)
        assert len(rows) == 1, rows
        return rows[0]

    def rows(self, name: str) -> list[str]:
        return self._split[1].get_all(name, [])

    def tag(self, name: str) -> str:
        """The tag of From or To, "" without one."""
        found = _TAG.search(self[name])
        return found[1] if found else ""

    def uri(self, name: str) -> str:
        """The URI of From, To or Contact."""
        found = _URI.search(self[name])
        return found[1] if found else self[name].partition(";")[0].strip()


def text(*lines: str, body: bytes = b"") -> bytes:
    """A message of these lines, Content-Length and body."""
    return "".join(f"{line}\r\n" for line in (*lines, f"Content-Length: {len(body)}", "")).encode() + body


def answer(request: Message, status: int, *headers: str, tag: str = "", reason: str = "Scripted") -> bytes:
    """A response that copies what has to be copied (RFC 3261 section 8.2.6)."""
    to = request["To"] if request.tag("To") or not tag else f"{request['To']};tag={tag}"
    return text(
        f"SIP/2.0 {status} {reason}",
        *(f"Via: {via}" for via in request.rows("Via")),
        f"From: {request['From']}",
        f"To: {to}",
        f"Call-ID: {request['Call-ID']}",
        f"CSeq: {request['CSeq']}",
        *headers,
    )

"""Byte streams to messages: Content-Length framing (RFC 3261 18.3), CRLF keep-alives (RFC 5626 3.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from sipworker.sip.parse import MAX_FRAME, MAX_HEAD

_BLANK_LINE = b"\r\n\r\n"
_CONTENT_LENGTH = re.compile(
    rb"\r\n(?:content-length|l)[ \t]*:([^\r\n]*(?:\r\n[ \t]+[^\r\n]*)*)", re.IGNORECASE
)
_NUMBER = re.compile(rb"[ \t\r\n]*([0-9]{1,10})[ \t\r\n]*").fullmatch


class KeepAlive(Enum):
    """What stands between messages to keep a connection open: answer a PING with one CRLF."""

    PING = _BLANK_LINE


class FramingError(ValueError):
    """The stream cannot be followed any further. Answer what `parse(head, stream=True)` says, then close."""

    def __init__(self, reason: str, head: bytes) -> None:
        super().__init__(reason)
        self.head = head


class FrameTooLarge(FramingError):
    """Headers or message over the limit: 513 (RFC 3261 section 21.5.7)."""


class MissingContentLength(FramingError):
    """Absent, twice, or no number: 400."""


class StreamFramer:
    """Cuts one connection's bytes into messages. Each byte is searched once, however small the pieces.

    `limit`: octets of one message. A single CRLF before a message is skipped (RFC 3261 section 7.5).
    """

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._searched = 0
        self._length: int | None = None

    @property
    def is_amid_message(self) -> bool:
        """More than a part of a keep-alive is there."""
        return not _BLANK_LINE.startswith(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes | KeepAlive]:
        """What `data` completes. After that the iterator raises FramingError if the stream is broken."""
        self._buffer += data
        return iter(self._next, None)

    def _next(self) -> bytes | KeepAlive | None:
        if self._length is None:
            if self._skip_line_breaks():
                return KeepAlive.PING
            self._length = self._measure()
        if self._length is None or len(self._buffer) < self._length:
            return None
        frame = self._drop(self._length)
        self._length, self._searched = None, 0
        return frame

    def _skip_line_breaks(self) -> bool:
        """Whether it was a PING."""
        while self._buffer.startswith(b"\r\n"):
            if self._buffer.startswith(_BLANK_LINE):
                self._drop(len(_BLANK_LINE))
                return True
            if _BLANK_LINE.startswith(self._buffer):
                break
            self._drop(2)
        return False

    def _measure(self) -> int | None:
        """Octets of the message at the front, None while its headers are incomplete."""
        end = self._buffer.find(_BLANK_LINE, self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 3)
        if max(end, self._searched) > MAX_HEAD:
            raise FrameTooLarge("headers too large", bytes(self._buffer[:MAX_HEAD]))
        return None if end < 0 else self._measure_body(bytes(self._buffer[: end + 4]))

    def _measure_body(self, head: bytes) -> int:
        values = _CONTENT_LENGTH.findall(head)
        match = _NUMBER(values[0]) if len(values) == 1 else None
        if match is None:
            raise MissingContentLength("one Content-Length is needed", head)
        length = len(head) + int(match[1])
        if length > self._limit:
            raise FrameTooLarge("message too large", head)
        return length

    def _drop(self, count: int) -> bytes:
        dropped = bytes(self._buffer[:count])
        del self._buffer[:count]
        return dropped

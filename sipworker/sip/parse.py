"""Bytes to messages: strict where it decides who talks about what, lazy everywhere else (RFC 3261 7, 18.3).

Checked at once: framing, start line, and the mandatory headers Via, From, To, Call-ID, CSeq, Max-Forwards,
Content-Length. All other headers are only split into rows.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sipworker.sip.grammar import ABSOLUTE_URI, TOKEN_CHARS, MalformedMessage, is_token, malformed
from sipworker.sip.names import KNOWN_SPELLINGS, canonical
from sipworker.sip.structure import (
    Headers,
    Request,
    Response,
    top_via,
)

MAX_HEAD = 65_536
"""Octets before the body; a datagram has no more."""
MAX_FRAME = 1 << 20
"""Octets of a message on a stream."""
MAX_ROWS = 256
MAX_ROW = 8192
"""Characters of one line: it bounds what any list or parameter in it costs."""

_FOLD = re.compile(r"\r\n[ \t]+")
_FOLDED = (" ", "\t")
_REQUEST_LINE = re.compile(rf"({TOKEN_CHARS}+) ({ABSOLUTE_URI}) [Ss][Ii][Pp]/2\.0").fullmatch
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9][0-9]) (.*)", re.IGNORECASE | re.DOTALL).fullmatch
_VERSION = re.compile(r"SIP/[0-9]+\.[0-9]+").fullmatch
_NUMBER = re.compile(r"[0-9]{1,10}").fullmatch
_HOPS = re.compile(r"0*(?:[0-9]{1,2}|1[0-9][0-9]|2[0-4][0-9]|25[0-5])").fullmatch
# What an answer copies (RFC 3261 section 8.2.6.2).
_ANSWERED = frozenset({"via", "from", "to", "call-id", "cseq"})
_FITS = re.compile(rf"[^\r\n]{{0,{MAX_ROW}}}").fullmatch


def parse(data: bytes, *, stream: bool = False) -> Request | Response:
    """One message: a datagram, a WebSocket frame, or (`stream`) a frame of a byte stream.

    Octets after the body are dropped (RFC 3261 section 18.3). Raises MalformedMessage and nothing else.
    """
    try:
        return _parse(data, stream)
    except MalformedMessage as fault:
        raise MalformedMessage(fault.status, fault.reason, salvage(data)) from None


def salvage(data: bytes) -> Request | None:
    """What an answer to a broken request copies; None if it was none or has no usable Via.

    Of its attributes only `via` can be relied on.
    """
    head = data.lstrip(b"\r\n").partition(b"\r\n\r\n")[0][:MAX_HEAD]
    start, *lines = _FOLD.sub(" ", head.decode("utf-8", "surrogateescape")).split("\r\n")
    words = start.split(" ")
    if len(words) < 2 or not is_token(words[0]):
        return None
    headers: Headers = {}
    for line in lines[:MAX_ROWS]:
        name, _, value = line.partition(":")
        key = KNOWN_SPELLINGS.get(name.strip(" \t"), name.strip(" \t").lower())
        if key in _ANSWERED and _FITS(value):
            headers.setdefault(key, []).append(value.strip(" \t"))
    request = Request(words[0], words[1], headers)
    try:
        request.via = top_via(headers.get("via", [""])[0])
    except MalformedMessage:
        return None
    return request


def _parse(data: bytes, stream: bool) -> Request | Response:
    if data[:2] == b"\r\n":
        data = data.lstrip(b"\r\n")
    end = data.find(b"\r\n\r\n")
    if end > MAX_HEAD or (end < 0 and len(data) >= MAX_HEAD):
        raise MalformedMessage(513, "Message Too Large")
    if end < 0:
        raise malformed("message: its headers do not end")
    lines = _lines(data[:end].decode("utf-8", "surrogateescape"))
    start = lines.pop(0)
    message = _start_line(start, _headers(lines))
    message.read_mandatory()
    if isinstance(message, Request):
        _check_request(message)
    message.body = _body(message.headers, data[end + 4 :], stream)
    return message


def _lines(text: str) -> list[str]:
    lines = text.split("\r\n")
    rest = "".join(lines)
    if "\r" in rest or "\n" in rest:
        raise malformed("message: a bare CR or LF")
    if len(lines) > MAX_ROWS or (len(text) > MAX_ROW and max(map(len, lines)) > MAX_ROW):
        raise MalformedMessage(513, "Message Too Large")
    return lines


def _start_line(line: str, headers: Headers) -> Request | Response:
    first, second = _first_words(line)
    return Request(first, second, headers) if isinstance(first, str) else Response(first, second, headers)


# Neighbours send the same few lines: our Contact, "200 OK".
@lru_cache(1024)
def _first_words(line: str) -> tuple[str | int, str]:
    """Method and Request-URI, or status code and reason."""
    if match := _REQUEST_LINE(line):
        return match[1], match[2]
    if match := _STATUS_LINE(line):
        return int(match[1]), match[2]
    version = line.rpartition(" ")[2].upper()
    if _VERSION(version) and version != "SIP/2.0":
        raise MalformedMessage(505, "Version Not Supported")
    raise malformed("start line")


def _headers(lines: list[str]) -> Headers:
    headers: Headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        try:
            key = KNOWN_SPELLINGS[name]
        except KeyError:
            if line[:1] in _FOLDED:
                return _headers(_unfolded(lines))
            key, value = _odd_row(line)
        value = value.strip(" \t")
        if key in headers:
            headers[key].append(value)
        else:
            headers[key] = [value]
    return headers


def _odd_row(line: str) -> tuple[str, str]:
    """A row that does not read `Known-Name: value`."""
    name, colon, value = line.partition(":")
    if not colon:
        raise malformed("header line")
    return canonical(name), value


def _unfolded(lines: list[str]) -> list[str]:
    """Continued lines joined by one space (RFC 3261 section 7.3.1)."""
    if lines[0][:1] in _FOLDED:
        raise malformed("start line")
    return _FOLD.sub(" ", "\r\n".join(lines)).split("\r\n")


def _check_request(request: Request) -> None:
    if request.cseq.method != request.method:
        raise malformed("CSeq: another method than the request's")
    # Absent is tolerated: RFC 2543 did not have it.
    hops = request.headers.get("max-forwards")
    if hops and (len(hops) > 1 or not _HOPS(hops[0])):
        raise malformed("Max-Forwards")


def _body(headers: Headers, rest: bytes, stream: bool) -> bytes:
    lengths = headers.get("content-length")
    if lengths is None:
        if stream:
            raise malformed("message: Content-Length is missing")
        return rest
    if len(lengths) > 1 or not _NUMBER(lengths[0]):
        raise malformed("Content-Length")
    length = int(lengths[0])
    if stream and length > MAX_FRAME:
        raise MalformedMessage(513, "Message Too Large")
    if length > len(rest):
        raise malformed("message: the body is shorter than Content-Length")
    return rest[:length]

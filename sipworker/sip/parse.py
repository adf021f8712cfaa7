"""Bytes to messages: strict where it decides who talks about what, lazy everywhere else (RFC 3261 7, 18.3).

Checked at once: framing, start line, and the mandatory headers Via, From, To, Call-ID, CSeq, Max-Forwards,
Content-Length. All other headers are only split into rows.
"""

from __future__ import annotations

import re

from sipworker.sip.grammar import TOKEN_CHARS, MalformedMessage, malformed
from sipworker.sip.names import KNOWN_SPELLINGS, canonical
from sipworker.sip.structure import Headers, Message, Request, Response

MAX_HEAD = 65_536
"""Octets before the body; a datagram has no more."""
MAX_ROWS = 256

_FOLD = re.compile(r"[ \t]*\r\n[ \t]+")
_VERSION = re.compile(r"SIP/[0-9]+\.[0-9]+", re.IGNORECASE).fullmatch
_METHOD = re.compile(TOKEN_CHARS + "+").fullmatch
_REQUEST_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-~]+").fullmatch
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9][0-9]) (.*)", re.IGNORECASE | re.DOTALL).fullmatch
# No comma or semicolon (RFC 3261 25.1 has neither in a Call-ID): `callid;from_tag;to_tag` stays unambiguous.
_CALL_ID = re.compile(r"[!-+\--:<-~]+").fullmatch
_NUMBER = re.compile(r"[0-9]{1,10}").fullmatch


def parse(data: bytes, *, stream: bool = False) -> Request | Response:
    """One message: a datagram, a WebSocket frame, or (`stream`) a frame of a byte stream.

    Octets after the body are dropped (RFC 3261 section 18.3). Raises MalformedMessage and nothing else.
    """
    try:
        return _parse(data, stream)
    except MalformedMessage as fault:
        raise MalformedMessage(fault.status, fault.reason, salvage(data)) from None


def salvage(data: bytes) -> Request | None:
    """As much of a broken request as its answer copies; None if it was none or has no usable Via."""
    start, *lines = _unfolded(data.lstrip(b"\r\n").partition(b"\r\n\r\n")[0][:MAX_HEAD]).split("\r\n")
    words = start.split(" ")
    if len(words) < 2 or not _METHOD(words[0]):
        return None
    headers: Headers = {}
    for line in lines[:MAX_ROWS]:
        name, _, value = line.partition(":")
        key = KNOWN_SPELLINGS.get(name.strip(" \t"), name.strip(" \t").lower())
        if key in ("via", "from", "to", "call-id", "cseq") and "\r" not in value and "\n" not in value:
            headers.setdefault(key, []).append(value.strip(" \t"))
    request = Request(words[0], words[1], headers)
    try:
        request.via  # noqa: B018
    except MalformedMessage:
        return None
    return request


def _parse(data: bytes, stream: bool) -> Request | Response:
    if data[:2] == b"\r\n":
        data = data.lstrip(b"\r\n")
    end = data.find(b"\r\n\r\n")
    if end < 0:
        raise malformed("message: its headers do not end")
    if end > MAX_HEAD:
        raise MalformedMessage(513, "Message Too Large")
    start, *lines = _unfolded(data[:end]).split("\r\n")
    message = _start_line(start, _headers(lines))
    _check(message)
    message.body = _body(message, data, end + 4, stream)
    return message


def _unfolded(head: bytes) -> str:
    text = head.decode("utf-8", "surrogateescape")
    return _FOLD.sub(" ", text) if "\r\n " in text or "\r\n\t" in text else text


def _start_line(line: str, headers: Headers) -> Request | Response:
    words = line.split(" ")
    if len(words) == 3 and words[2] == "SIP/2.0" and _METHOD(words[0]) and _REQUEST_URI(words[1]):
        return Request(words[0], words[1], headers)
    if match := _STATUS_LINE(line):
        return Response(int(match[1]), match[2], headers)
    if not _VERSION(words[-1]):
        raise malformed("start line")
    if words[-1].upper() != "SIP/2.0":
        raise MalformedMessage(505, "Version Not Supported")
    if len(words) != 3:
        raise malformed("request line")
    return _start_line(f"{words[0]} {words[1]} SIP/2.0", headers)


def _headers(lines: list[str]) -> Headers:
    if len(lines) > MAX_ROWS:
        raise MalformedMessage(513, "Message Too Large")
    headers: Headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        key = KNOWN_SPELLINGS.get(name) or canonical(name)
        if not colon or "\r" in value or "\n" in value:
            raise malformed("header line")
        value = value.strip(" \t")
        if key in headers:
            headers[key].append(value)
        else:
            headers[key] = [value]
    return headers


def _check(message: Request | Response) -> None:
    if not _CALL_ID(message.call_id):
        raise malformed("Call-ID")
    cseq = message.cseq
    message.via, message.from_, message.to  # noqa: B018
    if isinstance(message, Request):
        if cseq.method != message.method:
            raise malformed("CSeq: another method than the request's")
        _check_max_forwards(message)


def _check_max_forwards(request: Request) -> None:
    """Absent is tolerated: RFC 2543 did not have it."""
    if "max-forwards" in request.headers:
        value = request.only("max-forwards")
        if not _NUMBER(value) or int(value) > 255:
            raise malformed("Max-Forwards")


def _body(message: Message, data: bytes, start: int, stream: bool) -> bytes:
    if "content-length" not in message.headers:
        if stream:
            raise malformed("message: Content-Length is missing")
        return data[start:]
    value = message.only("content-length")
    if not _NUMBER(value):
        raise malformed("Content-Length")
    end = start + int(value)
    if end > len(data):
        raise malformed("message: the body is shorter than Content-Length")
    return data[start:end]

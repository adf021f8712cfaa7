"""Compact forms of what we send (RFC 3261 section 7.3.3)."""

from __future__ import annotations

from sipworker.sip.compact import compacted
from sipworker.sip.message import Request, parse

BODY = b"Via: not a header\r\n\r\nEvent: x\r\n"
MESSAGE = (
    b"NOTIFY sip:a@x.test SIP/2.0\r\nVia: SIP/2.0/UDP x.test;branch=z9hG4bK1\r\n"
    b"From: <sip:b@x.test>;tag=1\r\n"
    b"To: <sip:a@x.test>;tag=2\r\nCall-ID: i\r\nCSeq: 1 NOTIFY\r\nContact: <sip:x.test>\r\n"
    b"Event: presence\r\nContent-Type: text/plain\r\nSubscription-State: active\r\n"
    b"Content-Encoding: identity\r\nContent-Length: 31\r\n\r\n" + BODY
)


def test_short_names_say_the_same() -> None:
    short = compacted(MESSAGE)
    names = [line.partition(b":")[0] for line in short.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]]
    assert names == [b"v", b"f", b"t", b"i", b"CSeq", b"m", b"o", b"c", b"Subscription-State", b"e", b"l"]
    before, after = parse(MESSAGE), parse(short)
    assert isinstance(after, Request)
    assert after.headers == before.headers
    assert after.body == before.body == BODY

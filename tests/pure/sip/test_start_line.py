from __future__ import annotations

import pytest

from sipworker.sip.message import MalformedMessage, Request, Response, parse
from tests.pure.sip.samples import raw


def status_of(start_line: str) -> int:
    with pytest.raises(MalformedMessage) as caught:
        parse(raw(start_line))
    return caught.value.status


def test_a_request_line_gives_method_and_uri_as_written() -> None:
    message = parse(raw("NOTIFY sip:Bob%40@Example.COM;ob sip/2.0"))
    assert isinstance(message, Request)
    assert (message.method, message.uri) == ("NOTIFY", "sip:Bob%40@Example.COM;ob")


@pytest.mark.parametrize("reason", ["OK", "", "Не здесь", "two words: more"])
def test_a_status_line_gives_status_and_reason(reason: str) -> None:
    message = parse(raw(f"SIP/2.0 299 {reason}"))
    assert isinstance(message, Response)
    assert (message.status, message.reason) == (299, reason)


@pytest.mark.req("R3261-8.2.2.1-2")
@pytest.mark.parametrize("uri", ["tel:+12025550100", "http://example.com/", "nobody+knows-me.1:x"])
def test_a_foreign_uri_scheme_is_not_the_parsers_business(uri: str) -> None:
    message = parse(raw(f"NOTIFY {uri} SIP/2.0"))
    assert isinstance(message, Request)
    assert message.uri == uri


@pytest.mark.req("D1")
@pytest.mark.parametrize(
    "start_line",
    [
        "NOTIFY <sip:a@b> SIP/2.0",
        "NOTIFY sip:a b SIP/2.0",
        "NOTIFY  sip:a@b SIP/2.0",
        "NOTIFY sip:a@b SIP/2.0 ",
        "NOTIFY sip:a@b",
        "NOTIFY a@b SIP/2.0",
        "NOTIFY sip:ä@b SIP/2.0",
        "NO(TIFY sip:a@b SIP/2.0",
        "NOTIFY sip:a@b HTTP/1.1",
        "SIP/2.0 20 OK",
        "SIP/2.0 700 OK",
        "SIP/2.0 200",
        "SIP/2.0 ２００ OK",
        "SIP/2.0  200 OK",
    ],
)
def test_a_broken_start_line_is_refused(start_line: str) -> None:
    assert status_of(start_line) == 400


@pytest.mark.req("D2")
@pytest.mark.parametrize("version", ["SIP/3.0", "SIP/2.1", "sip/10.20"])
def test_another_version_of_sip_is_505(version: str) -> None:
    assert status_of(f"NOTIFY sip:a@b {version}") == 505

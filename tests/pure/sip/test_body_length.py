from __future__ import annotations

import pytest

from sipworker.sip.message import MalformedMessage, parse
from tests.pure.sip.samples import raw


def with_length(value: str, body: bytes) -> bytes:
    return raw(extra=[f"Content-Length: {value}"], body=body)


@pytest.mark.req("R3261-18.3-1")
def test_octets_after_the_body_of_a_datagram_are_dropped() -> None:
    assert parse(with_length("4", b"bodySUBSCRIBE sip:x SIP/2.0")).body == b"body"


@pytest.mark.req("R3261-18.3-1")
def test_a_datagram_without_length_is_body_to_its_end() -> None:
    assert parse(raw(body=b"a\r\n\r\n\x00\xff")).body == b"a\r\n\r\n\x00\xff"


@pytest.mark.req("R3261-18.3-1")
def test_a_request_with_a_short_body_can_be_answered_400() -> None:
    with pytest.raises(MalformedMessage) as caught:
        parse(with_length("5", b"body"))
    assert caught.value.status == 400
    assert caught.value.request is not None


@pytest.mark.req("R3261-20.14-1")
def test_a_stream_needs_the_length() -> None:
    assert parse(with_length("4", b"body"), stream=True).body == b"body"
    with pytest.raises(MalformedMessage):
        parse(raw(), stream=True)


@pytest.mark.req("R3261-20.14-1")
@pytest.mark.parametrize("value", ["-1", "", "4 4", "4, 4", "+4", "4.0", "٤", "4" * 5000])
def test_a_length_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(MalformedMessage):
        parse(with_length(value, b"body"))


@pytest.mark.req("R3261-20.14-1")
def test_two_lengths_are_refused_also_when_equal() -> None:
    with pytest.raises(MalformedMessage):
        parse(raw(extra=["Content-Length: 4", "l: 4"], body=b"body"))


def test_spaces_around_the_length_are_nothing() -> None:
    assert parse(with_length(" \t 004 ", b"body")).body == b"body"

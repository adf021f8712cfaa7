from __future__ import annotations

import pytest

from sipworker.sip.message import MalformedMessage, parse
from tests.pure.sip.samples import HEADERS, raw

MANDATORY = ["Via", "From", "To", "Call-ID", "CSeq"]


def refused(data: bytes) -> MalformedMessage:
    with pytest.raises(MalformedMessage) as caught:
        parse(data)
    assert caught.value.status == 400
    return caught.value


@pytest.mark.req("D1")
@pytest.mark.parametrize("name", MANDATORY)
def test_a_message_without_a_mandatory_header_is_refused(name: str) -> None:
    refused(raw(without=[name]))


@pytest.mark.req("D1")
@pytest.mark.parametrize("name", [*MANDATORY[1:], "Max-Forwards"])
def test_a_header_that_comes_once_is_refused_twice(name: str) -> None:
    refused(raw(extra=[f"{name}: {HEADERS[name]}"]))


@pytest.mark.req("D1")
@pytest.mark.parametrize("name", MANDATORY)
def test_a_response_with_a_broken_header_is_dropped(name: str) -> None:
    assert refused(raw("SIP/2.0 200 OK", change={name: "\x07 ?"})).request is None


@pytest.mark.req("R3261-8.1.1.5-1")
@pytest.mark.parametrize(
    "value", ["2147483648 NOTIFY", "-1 NOTIFY", "NOTIFY", "1", "1,NOTIFY", "٣ NOTIFY", ""]
)
def test_a_cseq_out_of_range_or_shape_is_refused(value: str) -> None:
    refused(raw(change={"CSeq": value}))


@pytest.mark.req("R3261-8.1.1.5-1")
def test_the_highest_cseq_and_leading_zeros_are_read() -> None:
    assert parse(raw(change={"CSeq": "2147483647 \t NOTIFY"})).cseq == (2147483647, "NOTIFY")
    assert parse(raw(change={"CSeq": "0009 NOTIFY"})).cseq.number == 9


@pytest.mark.parametrize("method", ["SUBSCRIBE", "notify"])
def test_the_method_of_cseq_is_that_of_the_request(method: str) -> None:
    refused(raw(change={"CSeq": f"17 {method}"}))


@pytest.mark.req("R3261-8.1.1.6-1")
def test_max_forwards_may_be_absent() -> None:
    assert parse(raw(without=["Max-Forwards"])).header("max-forwards") is None


@pytest.mark.parametrize("value", ["256", "-1", "", "seventy", "70 70", "1e1"])
def test_max_forwards_is_a_number_up_to_255(value: str) -> None:
    refused(raw(change={"Max-Forwards": value}))


@pytest.mark.parametrize("value", ["a b", "a;b", "a,b", "", "ä"])
def test_a_call_id_has_no_separators_that_would_make_a_dialog_id_ambiguous(value: str) -> None:
    refused(raw(change={"Call-ID": value}))


@pytest.mark.req("R3261-12.1.1-3")
def test_tags_may_be_absent() -> None:
    message = parse(raw(change={"From": "<sip:bob@example.com>", "To": "sip:alice@example.com"}))
    assert (message.from_tag, message.to_tag) == (None, None)

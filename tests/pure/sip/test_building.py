from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipworker.sip.message import MalformedMessage, Request, parse
from tests.pure.sip.samples import HEADERS

values = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=40).map(
    lambda text: text.strip(" \t")
)


def build(*extra: tuple[str, str], uri: str = "sip:bob@example.com", body: bytes = b"") -> Request:
    return Request.build("NOTIFY", uri, [*HEADERS.items(), *extra], body)


@pytest.mark.req("R3261-20.14-1")
@pytest.mark.parametrize("body", [b"", "zwölf".encode()])
def test_content_length_counts_the_octets_of_the_body(body: bytes) -> None:
    data = build(("Content-Length", "999"), body=body).to_bytes()
    assert parse(data, stream=True).rows("content-length") == [str(len(body))]


def test_what_was_built_is_read_before_it_was_ever_sent() -> None:
    request = build()
    assert (request.call_id, request.cseq.number) == ("call1@192.0.2.1", 17)
    assert (request.from_tag, request.to_tag, request.via.branch) == ("bob1", "alice1", "z9hG4bK1")


@pytest.mark.req("R3261-8.1.1-1")
@pytest.mark.parametrize("name", ["To", "From", "CSeq", "Call-ID", "Via"])
def test_a_request_is_not_built_without_a_mandatory_header(name: str) -> None:
    with pytest.raises(MalformedMessage):
        Request.build("NOTIFY", "sip:a@b", [pair for pair in HEADERS.items() if pair[0] != name])


def test_headers_are_written_in_their_usual_spelling() -> None:
    data = build(("sip-etag", "1"), ("WWW-AUTHENTICATE", "x"), ("k", "eventlist")).to_bytes()
    for line in (b"Call-ID: ", b"CSeq: ", b"SIP-ETag: 1", b"WWW-Authenticate: x", b"Supported: eventlist"):
        assert b"\r\n" + line in data


@pytest.mark.parametrize("evil", ["x\r\nRoute: <sip:evil>", "x\n", "\rx"])
def test_a_line_break_in_a_value_never_reaches_the_wire(evil: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        build(("Subject", evil)).to_bytes()
    with pytest.raises(ValueError, match="line break"):
        build(uri=f"sip:bob{evil.replace(' ', '')}").to_bytes()


def test_a_space_in_the_uri_never_reaches_the_request_line() -> None:
    with pytest.raises(ValueError, match="space"):
        build(uri="sip:bob@example.com SIP/2.0").to_bytes()


@pytest.mark.parametrize("name", ["", "X Y", "X:", "X\r\nY"])
def test_a_header_name_is_a_token(name: str) -> None:
    with pytest.raises(MalformedMessage):
        build((name, "x"))


@given(subjects=st.lists(values, max_size=4), body=st.binary(max_size=40))
def test_what_is_written_reads_the_same(subjects: list[str], body: bytes) -> None:
    request = build(*(("Subject", subject) for subject in subjects), ("X-Other", "y"), body=body)
    again = parse(request.to_bytes(), stream=True)
    assert isinstance(again, Request)
    assert (again.method, again.uri, again.body) == (request.method, request.uri, body)
    assert again.headers == {**request.headers, "content-length": [str(len(body))]}

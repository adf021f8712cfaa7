from __future__ import annotations

import pytest

from sipworker.sip.message import MalformedMessage, parse
from tests.pure.sip.samples import raw


@pytest.mark.req("R3261-7.3.1-1")
def test_rows_and_commas_mix_in_any_way() -> None:
    message = parse(raw(extra=["Accept: a/b, c/d", "Supported: x", "accept: e/f", "k: eventlist"]))
    assert message.values("accept") == ["a/b", "c/d", "e/f"]
    assert message.values("supported") == ["x", "eventlist"]


@pytest.mark.req("R3261-7.3.1-1")
def test_rows_of_credentials_are_not_cut_at_commas() -> None:
    rows = ['Digest realm="a", nonce="b"', 'Digest realm="c", nonce="d"']
    message = parse(raw(extra=[f"WWW-Authenticate: {row}" for row in rows]))
    assert message.rows("www-authenticate") == rows


@pytest.mark.req("R3261-7.3.1-2")
@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", " \r\n \t ", "\r\n \r\n "])
def test_a_folded_header_reads_as_one_line(fold: str) -> None:
    message = parse(
        raw(extra=[f"Accept: a/b,{fold}c/d", f"Supported:{fold}eventlist", "Via:\r\n SIP/2.0/TCP b"])
    )
    assert message.values("accept") == ["a/b", "c/d"]
    assert message.header("supported") == "eventlist"
    assert message.rows("via")[1] == "SIP/2.0/TCP b"


@pytest.mark.req("R3261-7.3.1-2")
def test_the_start_line_is_not_folded() -> None:
    with pytest.raises(MalformedMessage):
        parse(raw("NOTIFY sip:rls@192.0.2.1\r\n SIP/2.0"))
    with pytest.raises(MalformedMessage):
        parse(raw("NOTIFY sip:rls@192.0.2.1 SIP/2.0\r\n and more"))


@pytest.mark.req("R3261-7.3.1-3")
def test_header_names_have_no_case() -> None:
    message = parse(raw(extra=["SUPPORTED: EventList", "sUBJECT: Hi"]))
    assert (message.header("supported"), message.header("subject")) == ("EventList", "Hi")


@pytest.mark.req("R3261-7.3.3-1")
@pytest.mark.parametrize("upper", [False, True])
def test_a_message_in_compact_form_is_understood(upper: bool) -> None:
    names = {"v": "Via", "f": "From", "t": "To", "i": "Call-ID", "o": "Event"}
    plain = parse(raw(extra=["Supported: eventlist", "Contact: <sip:a@b>", "Allow-Events: presence"])).headers
    compact = raw(extra=["k: eventlist", "m: <sip:a@b>", "u: presence"]).decode()
    for short, long in names.items():
        compact = compact.replace(f"\r\n{long}: ", f"\r\n{short.upper() if upper else short}:")
    assert parse(compact.encode()).headers == plain


@pytest.mark.req("R3261-8.2.2-1")
def test_broken_headers_nobody_needs_do_no_harm() -> None:
    message = parse(raw(extra=["Date: yesterday", 'Warning: "unclosed', "X-Unknown: <", "Subject:"]))
    assert (message.header("warning"), message.header("subject")) == ('"unclosed', "")


@pytest.mark.req("R3261-20.1-1")
def test_an_empty_header_differs_from_an_absent_one() -> None:
    message = parse(raw(extra=["Accept:"]))
    assert (message.header("accept"), message.values("accept")) == ("", [])
    assert message.header("supported") is None


@pytest.mark.req("D1")
@pytest.mark.parametrize(
    "line", ["no colon", ": no name", "a name: x", "Näme: x", "", "Subject: a\nRoute: b", "a: \r"]
)
def test_a_line_that_is_no_header_is_refused(line: str) -> None:
    data = raw().replace(b"Event: presence", line.encode() + b"\r\nEvent: presence")
    if line:
        with pytest.raises(MalformedMessage):
            parse(data)
    else:
        assert parse(data).header("event") is None


def test_text_that_is_not_utf_8_comes_back_byte_for_byte() -> None:
    data = raw().replace(b"presence", b"caf\xe9 \xc3\xa9 \xff")
    message = parse(data)
    assert b"Event: caf\xe9 \xc3\xa9 \xff\r\n" in message.to_bytes()

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipworker.sip.framing import FrameTooLarge, FramingError, KeepAlive, MissingContentLength, StreamFramer
from tests.pure.sip.samples import raw


def framed(body: bytes = b"", header: str = "Content-Length: {}") -> bytes:
    return raw(extra=[header.format(len(body))], body=body)


@pytest.mark.req("R3261-18.3-1")
@pytest.mark.parametrize(
    "header", ["Content-Length: {}", "l:{}", "CONTENT-LENGTH \t:  {} ", "Content-Length:\r\n {}", "l: 000{}"]
)
def test_the_length_header_cuts_the_stream(header: str) -> None:
    first, second = framed(b"\r\n\r\nl: 7\r\n\r\n", header), framed()
    assert list(StreamFramer().feed(first + second)) == [first, second]


@pytest.mark.req("R3261-18.3-1")
def test_a_length_inside_another_header_is_not_the_length() -> None:
    message = raw(extra=["Subject: x", " Content-Length: 5", "X-Content-Length: 6", "Content-Length: 0"])
    assert list(StreamFramer().feed(message)) == [message]


@pytest.mark.req("R3261-7.5-1")
def test_line_breaks_before_a_message_are_ignored() -> None:
    assert list(StreamFramer().feed(b"\r\n" + framed())) == [framed()]


@pytest.mark.req("R3261-7.5-1")
def test_a_double_line_break_between_messages_is_a_ping() -> None:
    framer = StreamFramer()
    assert list(framer.feed(framed() + b"\r\n\r\n" + framed())) == [framed(), KeepAlive.PING, framed()]
    assert list(framer.feed(b"\r\n")) == []
    assert list(framer.feed(b"\r\n\r\n")) == [KeepAlive.PING]
    assert list(framer.feed(framed())) == [framed()]


@given(
    stream=st.lists(
        st.one_of(
            st.just(b"\r\n\r\n"),
            st.just(b"\r\n"),
            st.builds(framed, st.sampled_from([b"", b"\r\n\r\n", b"body\r\n", b"NOTIFY"])),
        ),
        max_size=6,
    ).map(b"".join),
    cuts=st.lists(st.integers(0, 2000), max_size=12),
)
def test_how_a_stream_arrives_makes_no_difference(stream: bytes, cuts: list[int]) -> None:
    framer = StreamFramer()
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    assert [frame for piece in pieces for frame in framer.feed(piece)] == list(StreamFramer().feed(stream))


@pytest.mark.req("R3261-20.14-1")
@pytest.mark.parametrize(
    "lines", [[], ["Content-Length: x"], ["Content-Length: -1"], ["l: 0", "Content-Length: 0"]]
)
def test_a_message_without_a_usable_length_ends_the_stream(lines: list[str]) -> None:
    framer = StreamFramer()
    frames = framer.feed(framed() + raw(extra=lines) + framed())
    assert next(frames) == framed()
    with pytest.raises(MissingContentLength) as caught:
        next(frames)
    assert caught.value.head == raw(extra=lines)


@pytest.mark.req("D3")
def test_a_message_over_the_limit_ends_the_stream_before_its_body_is_read() -> None:
    framer = StreamFramer(limit=1000)
    with pytest.raises(FrameTooLarge) as caught:
        list(framer.feed(raw(extra=["Content-Length: 1000"])))
    assert caught.value.head.startswith(b"NOTIFY ")


@pytest.mark.req("D3")
def test_headers_without_end_do_not_fill_the_memory() -> None:
    framer = StreamFramer()
    with pytest.raises(FramingError):
        for _ in range(100):
            list(framer.feed(b"X: y\r\n" * 1000))

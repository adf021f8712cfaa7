from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipworker.sip.framing import FramingError, StreamFramer
from sipworker.sip.headers import NameAddr, SubscriptionState, Via, accepts, parse_event
from sipworker.sip.message import MalformedMessage, parse
from tests.fuzz.targets import sip_message
from tests.pure.growth import grows_linearly
from tests.pure.sip.samples import raw

SEPARATORS = st.sampled_from(
    [
        b"\r\n",
        b"\r",
        b"\n",
        b" ",
        b"\t",
        b":",
        b";",
        b",",
        b"<",
        b">",
        b'"',
        b"\\",
        b"=",
        b"/",
        b"\x00",
        b"\xff",
    ]
)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A good message with a few places overwritten."""
    data = bytearray(raw(extra=["Content-Length: 4", "Contact: <sip:a@b>"], body=b"body"))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        data[place : place + draw(st.integers(0, 3))] = draw(st.one_of(SEPARATORS, st.binary(max_size=4)))
    return bytes(data)


@given(st.one_of(st.binary(), mangled()))
def test_any_bytes_are_a_message_or_malformed_and_either_can_be_answered(data: bytes) -> None:
    sip_message(data)


@given(st.lists(st.one_of(st.binary(), mangled(), SEPARATORS)))
def test_any_stream_is_cut_or_given_up(pieces: list[bytes]) -> None:
    framer = StreamFramer()
    try:
        frames = [frame for piece in pieces for frame in framer.feed(piece)]
    except FramingError as fault:
        assert fault.head in b"".join(pieces)
    else:
        assert all(frames)


@given(st.text(st.sampled_from('a1 \t:;,<>"\\=/.@[]é')))
@pytest.mark.parametrize(
    "read",
    [NameAddr.parse, Via.parse, parse_event, SubscriptionState.parse, lambda value: accepts([value], "a/b")],
    ids=["address", "Via", "Event", "Subscription-State", "Accept"],
)
def test_a_header_is_read_or_malformed(read: Callable[[str], object], value: str) -> None:
    try:
        assert read(value) is not None
    except MalformedMessage as fault:
        assert fault.status == 400


@pytest.mark.req("D3")
@pytest.mark.parametrize(
    "data",
    [raw(extra=["X: y"] * 300), raw(extra=["X: " + "y" * 9000]), raw(extra=["X: " + "y" * 70000])],
    ids=["rows", "row", "headers"],
)
def test_more_header_than_anybody_needs_is_513(data: bytes) -> None:
    with pytest.raises(MalformedMessage) as caught:
        parse(data)
    assert caught.value.status == 513
    assert caught.value.request is not None


@pytest.mark.req("R3261-18.1.1-3")
def test_the_largest_datagram_is_read() -> None:
    head = raw()
    assert len(parse(head + b"x" * (65_507 - len(head))).body) == 65_507 - len(head)


HOSTILE: dict[str, Callable[[int], str]] = {
    "spaces": lambda size: " " * size + "x",
    "quoted pairs": lambda size: '"' + "\\a" * (size // 2),
    "openings": lambda size: "<" * size,
    "quotes": lambda size: '"a"' * (size // 3),
    "commas": lambda size: "a," * (size // 2),
    "flags": lambda size: ";a" * (size // 2),
    "parameters": lambda size: ";a=b " * (size // 5),
    "spaces in a Via": lambda size: "SIP/2.0/UDP h" + " " * size + "x",
    "spaces after a tag": lambda size: "<sip:a@b>;tag" + " " * size + "x",
    "zeros": lambda size: "0" * size + "x",
    "folds": lambda size: "\r\n " * (size // 40),
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["Via", "From", "CSeq", "Max-Forwards", "Content-Length"])
def test_hostile_headers_cost_little(name: str, value: Callable[[int], str]) -> None:
    def refuse(size: int) -> None:
        with pytest.raises(MalformedMessage):
            parse(raw(change={name: value(size)}))

    assert grows_linearly(refuse, 1000)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipworker.sip.headers import NameAddr
from sipworker.sip.message import MalformedMessage


@pytest.mark.parametrize(
    ("value", "display", "uri", "tag"),
    [
        ("<sip:a@b>;tag=1", "", "sip:a@b", "1"),
        ("sip:a@b;tag=1", "", "sip:a@b", "1"),
        ("sip:a@b", "", "sip:a@b", None),
        ("<sip:a@b;tag=2>", "", "sip:a@b;tag=2", None),
        ("Alice <sip:a@b> ; TAG = 1", "Alice", "sip:a@b", "1"),
        ("A. G. Bell<sip:a@b>;x;tag=1", "A. G. Bell", "sip:a@b", "1"),
        (r'"say \"<hi>\", \\ you" <sip:a@b>;tag=1', 'say "<hi>", \\ you', "sip:a@b", "1"),
        ('""<sip:a@b>', "", "sip:a@b", None),
        ("Zoë <sip:a@b>", "Zoë", "sip:a@b", None),
        ("<sip:a,b@c?Subject=x>;tag=1", "", "sip:a,b@c?Subject=x", "1"),
        ('<sip:a@b>;+sip.instance="<urn:uuid:1>";tag=1', "", "sip:a@b", "1"),
    ],
)
def test_an_address_is_taken_apart(value: str, display: str, uri: str, tag: str | None) -> None:
    address = NameAddr.parse(value)
    assert (address.display, address.uri, address.tag) == (display, uri, tag)


@pytest.mark.req("R3261-8.2.2.1-1")
@pytest.mark.parametrize(
    "uri", ["tel:+1-202-555-0100", "pres:bob@example.com", "urn:service:sos", "sips:ü@b", "x:1"]
)
def test_odd_uris_are_accepted(uri: str) -> None:
    assert NameAddr.parse(f"<{uri}>").uri == uri
    assert NameAddr.parse(uri).uri == uri


@pytest.mark.req("R3261-7.3.1-3")
def test_parameter_names_have_no_case_but_values_do() -> None:
    assert NameAddr.parse("<sip:a@b>;Tag=AbC").params == {"tag": "AbC"}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "<>",
        "<sip:>",
        "a@b",
        "<a@b>",
        "<sip:a@b",
        "sip:a@b>",
        "< sip:a@b >",
        "<sip:a b@c>",
        '"a <sip:a@b>',
        '"a" b <sip:a@b>',
        "Bell, Alexander <sip:a@b>",
        "<sip:a@b>, <sip:c@d>",
        "sip:a@b, sip:c@d",
        "sip:a@b?Subject=x",
        "<sip:a@b>;",
        "<sip:a@b>;;tag=1",
        "<sip:a@b>;tag=1;tag=2",
        "<sip:a@b>;tag=",
        "<sip:a@b> tag=1",
        '<sip:a@b>;x="1',
    ],
)
def test_a_broken_address_is_refused(value: str) -> None:
    with pytest.raises(MalformedMessage):
        NameAddr.parse(value)


@pytest.mark.req("R8217-3-1")
def test_an_address_is_always_written_in_brackets() -> None:
    assert str(NameAddr("", "sip:a@b?x=y", {"tag": "1", "lr": None})) == "<sip:a@b?x=y>;tag=1;lr"
    assert str(NameAddr('He said "no"', "sip:a@b")) == r'"He said \"no\"" <sip:a@b>'


@given(
    display=st.text(st.characters(exclude_characters="\r\n")),
    tag=st.from_regex(r"[a-z0-9.-]+", fullmatch=True),
)
def test_any_display_name_survives_writing_and_reading(display: str, tag: str) -> None:
    address = NameAddr(display, "sip:a@b", {"tag": tag})
    assert NameAddr.parse(str(address)) == address

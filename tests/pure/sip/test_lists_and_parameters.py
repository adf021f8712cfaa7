from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipworker.sip.grammar import (
    MalformedMessage,
    delta_seconds,
    format_params,
    parse_params,
    quote,
    split_commas,
    unquote,
)


@pytest.mark.req("R3261-7.3.1-1")
@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ("", []),
        (" , ,", []),
        ("a", ["a"]),
        ("a,b , c", ["a", "b", "c"]),
        ('"x,y" <sip:a,b@c>;p="1,\\",2" , <sip:d>', ['"x,y" <sip:a,b@c>;p="1,\\",2"', "<sip:d>"]),
    ],
)
def test_only_commas_outside_quotes_and_brackets_separate(value: str, elements: list[str]) -> None:
    assert split_commas(value) == elements


@pytest.mark.parametrize("value", ['a, "b', "a, <b", '"\\"'])
def test_an_open_quote_or_bracket_breaks_a_list(value: str) -> None:
    with pytest.raises(MalformedMessage):
        split_commas(value)


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("", {}),
        ("  ", {}),
        (";lr", {"lr": None}),
        (";A=b;C", {"a": "b", "c": None}),
        ("; a = b\t;c ", {"a": "b", "c": None}),
        (';a="x;y=\\"z";b=[::1]:5', {"a": '"x;y=\\"z"', "b": "[::1]:5"}),
    ],
)
def test_parameters_are_read_in_order_with_values_as_written(
    text: str, params: dict[str, str | None]
) -> None:
    assert parse_params(text) == params
    assert parse_params(format_params(params)) == params


@pytest.mark.parametrize(
    "text", ["a", ";", ";=b", ";a=", ";a=b=c", ";a;a", ";a b", ';a="b', ";a=<b>", ";a,;b"]
)
def test_broken_parameters_are_refused(text: str) -> None:
    with pytest.raises(MalformedMessage):
        parse_params(text)


@given(st.text())
def test_a_quoted_string_gives_its_text_back(text: str) -> None:
    assert unquote(quote(text)) == text
    assert parse_params(f";a={quote(text)}") == {"a": quote(text)}
    assert split_commas(quote(text)) == [quote(text)]


@pytest.mark.req("R3261-20.19-1")
@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("007", 7), ("4294967295", 4294967295), ("4294967296", 4294967295), ("9" * 5000, 4294967295)],
)
def test_seconds_are_capped_not_refused(value: str, seconds: int) -> None:
    assert delta_seconds(value) == seconds


@pytest.mark.parametrize("value", [None, "", "-1", "1.5", "soon", "٣", "²"])
def test_unreadable_seconds_are_none(value: str | None) -> None:
    assert delta_seconds(value) is None

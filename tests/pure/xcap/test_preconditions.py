import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcap.preconditions import Preconditions


@pytest.mark.req("X-G3")
@pytest.mark.req("X-G4")
@pytest.mark.parametrize(
    ("value", "etag", "holds"),
    [
        ('"a"', "a", True),
        ("a", "a", True),
        ('"b" , "a"', "a", True),
        ('"a,b"', "a,b", True),
        ("*", "a", True),
        ("*", None, False),
        ('"a"', None, False),
        ('W/"a"', "a", False),
        ('"b"', "a", False),
        ("", "a", False),
    ],
)
def test_if_match(value: str, etag: str | None, holds: bool) -> None:
    assert Preconditions(if_match=value).hold(etag) is holds


@pytest.mark.req("X-D8")
@pytest.mark.parametrize(
    ("value", "etag", "holds"),
    [('"a"', "a", False), ('W/"a"', "a", False), ("*", "a", False), ("*", None, True), ('"b"', "a", True)],
)
def test_if_none_match(value: str, etag: str | None, holds: bool) -> None:
    assert Preconditions(if_none_match=value).hold(etag) is holds


@given(st.text())
def test_any_value_is_taken(value: str) -> None:
    assert Preconditions(if_match=value).hold(None) is False

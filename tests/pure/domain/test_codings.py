"""Compressed bodies."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.codings import TooLarge, Undecodable, UnknownCoding, decode

BODY = b"<resource-lists/>" * 20


def raw(body: bytes) -> bytes:
    """deflate without the header that it should have."""
    return zlib.compress(body)[2:-4]


@pytest.mark.req("R3261-20.12-1")
@pytest.mark.parametrize(
    ("codings", "body"),
    [
        ([], BODY),
        (["identity"], BODY),
        (["deflate"], zlib.compress(BODY)),
        (["Deflate"], raw(BODY)),
        (["gzip"], gzip.compress(BODY)),
        (["gzip", "deflate"], zlib.compress(gzip.compress(BODY))),
    ],
    ids=["none", "identity", "deflate", "raw deflate", "gzip", "both"],
)
def test_codings_are_undone_in_order(codings: list[str], body: bytes) -> None:
    assert decode(codings, body, 10_000) == BODY


@pytest.mark.parametrize("coding", ["deflate", "gzip"])
def test_bomb_is_not_blown_up(coding: str) -> None:
    compress = gzip.compress if coding == "gzip" else zlib.compress
    with pytest.raises(TooLarge):
        decode([coding], compress(bytes(10_000_000)), 1000)


def test_too_large_is_too_large_without_a_coding() -> None:
    with pytest.raises(TooLarge):
        decode([], b"xx", 1)


def test_unknown_coding_is_named() -> None:
    with pytest.raises(UnknownCoding, match="br"):
        decode(["br"], BODY, 10_000)


@pytest.mark.parametrize("body", [b"", b"x", zlib.compress(BODY)[:-6]])
def test_cut_body_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(["deflate"], body, 10_000)


@given(st.binary(max_size=200), st.sampled_from(["deflate", "gzip"]))
def test_hostile_bodies_raise_nothing_else(body: bytes, coding: str) -> None:
    with suppress(Undecodable, TooLarge):
        decode([coding], body, 1000)

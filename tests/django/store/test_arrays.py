"""Arrays that we pack ourselves reach the database as the lists they were made of."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from rls.store.arrays import packed
from rls.store.commit_group import Connection
from tests.django.database import select

pytestmark = pytest.mark.asyncio

LONG = 2**63 - 1


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("int8", [0, -1, LONG, -LONG - 1]),
        ("int8", []),
        ("text", ["", "a", "Zoë \N{SNOWMAN}", None]),
        ("text", []),
        ("bytea", [b"", b"\0\xff", None, b"x" * 100_000]),
        ("bytea", []),
        ("bool", [True, False]),
    ],
)
async def test_an_array_arrives_as_it_was(connection: Connection, kind: str, values: list[Any]) -> None:
    query = f"select unnest(%b::{kind}[])"
    cursor = await connection.execute(query, [packed(kind, values)], binary=True)
    assert [value for (value,) in await cursor.fetchall()] == values


async def test_an_array_has_one_dimension(connection: Connection) -> None:
    assert await select(connection, "select array_ndims(%b::int8[])", packed("int8", [7, 8])) == [(1,)]


@pytest.mark.parametrize("number", [LONG + 1, -LONG - 2])
async def test_an_integer_that_does_not_fit_is_the_databases_error(number: int) -> None:
    with pytest.raises(psycopg.DataError):
        packed("int8", [number])


async def test_text_that_is_no_utf8_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        packed("text", ["\udc80"])

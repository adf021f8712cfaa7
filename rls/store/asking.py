"""Questions to the database as steps: who asks yields statements, whether or not they are awaited."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple, TypeVar

from psycopg import AsyncRawCursor

from rls.store.commit_group import Connection
from rls.store.prepared import raw_cursor

T = TypeVar("T")


class Query(NamedTuple):
    """A statement with PostgreSQL's own placeholders ($1), which is prepared."""

    text: str
    parameters: tuple[Any, ...]


Rows = list[tuple[Any, ...]]
Asking = Generator[Query, Rows, T]


def at_hand(answer: T) -> Asking[T]:
    """What is known already, for who would ask."""
    yield from ()
    return answer


def ask(asking: Asking[T]) -> T:
    """On Django's connection. Raises DatabaseError."""
    try:
        query = next(asking)
        while True:
            with raw_cursor() as cursor:
                cursor.execute(*query, prepare=True, binary=True)
                rows = cursor.fetchall()
            query = asking.send(rows)
    except StopIteration as done:
        answer: T = done.value
        return answer


async def ask_on(connection: Connection, asking: Asking[T]) -> T:
    """Without a thread. Raises psycopg.Error."""
    cursor = AsyncRawCursor(connection)
    try:
        query = next(asking)
        while True:
            await cursor.execute(*query, prepare=True, binary=True)
            query = asking.send(await cursor.fetchall())
    except StopIteration as done:
        answer: T = done.value
        return answer

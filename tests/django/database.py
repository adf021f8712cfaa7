"""Connections of the tests' own to the test database, beside Django's."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import AsyncConnection

from rls.store.commit_group import Connection
from sipworker.engine.database import parameters


async def connect() -> Connection:
    return await AsyncConnection[tuple[Any, ...]].connect(**parameters(), autocommit=True)


def connect_sync() -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.Connection[tuple[Any, ...]].connect(**parameters(), autocommit=True)


async def select(connection: Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    cursor = await connection.execute(query, values)
    return await cursor.fetchall()


async def column(connection: Connection, query: str, *values: Any) -> list[Any]:
    return [row[0] for row in await select(connection, query, *values)]

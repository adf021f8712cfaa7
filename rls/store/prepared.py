"""Statements that run so often that building and planning them is what costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import RawCursor


@contextmanager
def raw_cursor() -> Iterator[RawCursor[Any]]:
    """On Django's connection, but with PostgreSQL's own placeholders ($1), which can be prepared.

    Django's cursors write the values into the text. Raises DatabaseError as those do.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, RawCursor(connection.connection) as cursor:
        yield cursor

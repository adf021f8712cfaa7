"""At most one at a time, of all processes that share the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def single_flight(lock: int) -> Iterator[bool]:
    """Takes an advisory lock of PostgreSQL; whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", (lock,))
        row = cursor.fetchone()
        if row is None or not row[0]:
            yield False
            return
        try:
            yield True
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", (lock,))

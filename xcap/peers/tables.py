"""The tables of an OpenSIPS or Kamailio installation, read and never written."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Final

import environ
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.utils import ConnectionHandler

from xcap.peers import mysql

Row = Mapping[str, Any]
_FETCHED: Final = 500


class CannotRead(Exception):
    """The database cannot be opened or read; says why."""


class PeerDatabase:
    """Any database that Django can open, by its URL. Raises CannotRead."""

    def __init__(self, url: str) -> None:
        if url.partition(":")[0] not in environ.Env.DB_SCHEMES:
            raise CannotRead("write it like postgresql://user:password@host/name or sqlite:////path/file")
        if url.startswith("mysql"):
            mysql.install()
        try:
            settings = environ.Env.db_url_config(url)
            self._connection = ConnectionHandler({"default": settings})["default"]
            self._connection.ensure_connection()
        except (DatabaseError, ImproperlyConfigured, ValueError, KeyError) as error:
            raise CannotRead(str(error).strip()) from error

    def close(self) -> None:
        self._connection.close()

    def columns(self, table: str) -> list[str]:
        """Names of the columns; empty if there is no such table."""
        with self._connection.cursor() as cursor:
            introspection = self._connection.introspection
            if table not in introspection.table_names(cursor):
                return []
            return [column.name for column in introspection.get_table_description(cursor, table)]

    def rows(self, table: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[Row]:
        """Rows by number; of the optional columns, those that exist. Raises CannotRead."""
        present = self.columns(table)
        if missing := [name for name in ("id", *needed) if name not in present]:
            raise CannotRead(f"The table {table} has no column {', '.join(missing)}")
        columns = [name for name in present if name in (*needed, *optional)]
        quote = self._connection.ops.quote_name
        chosen = ", ".join(map(quote, columns))
        statement = f"select {chosen} from {quote(table)} order by {quote('id')}"
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(statement)
                while found := cursor.fetchmany(_FETCHED):
                    yield from (dict(zip(columns, row, strict=True)) for row in found)
        except DatabaseError as error:
            raise CannotRead(f"{table}: {error}".strip()) from error

"""Databases of list servers: made from one migrated template, read by plain SQL."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from tests.live.rig.xcap import ha1

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
PASSWORD = "secret"


class Database:
    """One database, at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: psycopg.Connection[dict[str, Any]] | None = None

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        if self._connection is None:
            self._connection = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        cursor = self._connection.execute(query.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    def migrate(self, project: Path = PROJECT) -> None:
        """To what the version in the folder `project` wants."""
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=project,
            env={**os.environ, "DATABASE_URL": self.url},
            check=True,
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def add_subscriber(self, user: str, password: str = PASSWORD) -> None:
        username, _, domain = user.partition("@")
        self.rows(
            "insert into rls_subscribers (username, domain, ha1_md5, ha1_sha256) values (%s, %s, %s, %s)",
            username,
            domain,
            ha1("md5", username, domain, password),
            ha1("sha256", username, domain, password),
        )

    def store_list(self, user: str, service_uri: str, document: str, *others: str) -> None:
        """As an administrator's script would, where no web process runs; `others` are further services."""
        self.store_lists([(user, document, [service_uri, *others])])

    def store_lists(self, lists: Iterable[tuple[str, str, list[str]]]) -> None:
        """User, document and the URIs of its services."""
        rows = [(*user.split("@"), document.encode(), uris) for user, document, uris in lists]
        self.rows("select 1")
        assert self._connection is not None
        with self._connection.transaction():
            self._connection.cursor().executemany(
                "with d as (insert into xcap (username, domain, doc, doc_type, etag, source, doc_uri, port)"
                " values (%s, %s, %s, 8, 'e', 0, 'index', 0) returning id)"
                " insert into xcap_service_uris (uri, document_id) select unnest(%s::text[]), id from d",
                rows,
            )

    def store_contacts(self, user: str, document: str) -> None:
        """The user's resource-lists."""
        self.rows(
            "insert into xcap (username, domain, doc, doc_type, etag, source, doc_uri, port)"
            " values (%s, %s, %s, 4, 'e', 0, 'index', 0)",
            *user.split("@"),
            document.encode(),
        )


_numbers = itertools.count()
"""Of all servers in one test run: they may share a PostgreSQL."""


class Databases:
    """Makes databases on the server of `admin_url`, and drops them all in the end."""

    def __init__(self, admin_url: str, project: Path = PROJECT) -> None:
        self._admin_url = admin_url
        self._names: list[str] = []
        self._create("template1").migrate(project)
        self._template = self._names[0]

    def create(self, *, migrated: bool = True) -> Database:
        return self._create(self._template if migrated else "template1")

    def create_empty(self) -> Database:
        """Without a table."""
        return self._create("template0")

    def _create(self, template: str) -> Database:
        name = f"rls_live_{os.getpid()}_{next(_numbers)}"
        self._run("create database {} template {}", name, template)
        self._names.append(name)
        parts = urlsplit(self._admin_url)
        # urlunsplit forgets the empty host of a URL that names a socket's folder.
        return Database(urlunsplit(parts._replace(path=f"/{name}")))

    def drop_all(self) -> None:
        for name in self._names:
            self._run("drop database {} with (force)", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

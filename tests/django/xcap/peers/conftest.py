"""Databases as OpenSIPS and Kamailio lay them out, on real PostgreSQL, MariaDB and SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from sipworker.engine.database import parameters
from tests.django.xcap.peers.mariadb import PASSWORD, MariaDb

Rows = dict[str, list[dict[str, Any]]]
Peer = Callable[[Rows], str]
TABLES = {
    "subscriber": "username varchar(64), domain varchar(64), password varchar(64), ha1 varchar(64), "
    "ha1_sha256 varchar(64)",
    "xcap": "username varchar(64), domain varchar(64), doc {blob}, doc_type integer, etag varchar(64), "
    "source integer default 0, doc_uri varchar(255), port integer default 0",
    "rls_watchers": "presentity_uri varchar(255), watcher_username varchar(64), expires integer",
}
LATER = 2**31 - 1


def fill(execute: Callable[[str, list[Any]], object], rows: Rows, blob: str, serial: str, mark: str) -> None:
    for table, columns in TABLES.items():
        execute(f"create table {table} (id {serial} primary key, {columns.format(blob=blob)})", [])
    for table, records in rows.items():
        for record in records:
            marks = ", ".join([mark] * len(record))
            statement = f"insert into {table} ({', '.join(record)}) values ({marks})"
            execute(statement, list(record.values()))


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    server = MariaDb(tmp_path_factory.mktemp("mariadb"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["postgresql", "mariadb", "sqlite"])
def peer(request: pytest.FixtureRequest, db: None, tmp_path: Path) -> Iterator[Peer]:
    """Fills the database of a peer and gives its URL."""
    if request.param == "sqlite":
        yield lambda rows: _sqlite(tmp_path / "peer.sqlite", rows)
        return
    if request.param == "mariadb":
        server = request.getfixturevalue("mariadb")
        yield lambda rows: _mariadb(server, rows)
        return
    known = parameters()
    with psycopg.connect(**known, autocommit=True) as server:
        server.execute("drop database if exists rls_test_peer")
        server.execute("create database rls_test_peer")
        yield lambda rows: _postgresql({**known, "dbname": "rls_test_peer"}, rows)
        server.execute("drop database rls_test_peer with (force)")


def _sqlite(path: Path, rows: Rows) -> str:
    database = sqlite3.connect(path)
    fill(database.execute, rows, "blob", "integer", "?")
    database.commit()
    database.close()
    return f"sqlite:///{path}"


def _mariadb(server: MariaDb, rows: Rows) -> str:
    with server.connect() as connection:
        connection.cursor().execute("drop database if exists peer")
        connection.cursor().execute("create database peer character set latin1")
    with server.connect("peer") as connection:
        fill(connection.cursor().execute, rows, "mediumblob", "integer auto_increment", "%s")
    return f"mysql://root:{quote(PASSWORD, '')}@127.0.0.1:{server.port}/peer"


def _postgresql(known: dict[str, Any], rows: Rows) -> str:
    with psycopg.connect(**known) as database:
        fill(database.execute, rows, "bytea", "serial", "%s")
    user, password = quote(known.get("user") or "", ""), quote(known.get("password") or "", "")
    host, port = quote(known.get("host") or "", ""), f":{known['port']}" if known.get("port") else ""
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    if (known.get("host") or "").startswith("/"):
        return f"postgresql://{login}/{known['host']}/{known['dbname']}"
    return f"postgresql://{login}{host}{port}/{known['dbname']}"

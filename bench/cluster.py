"""PostgreSQL for the measurements: the embedded one, with room and counters of statements."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg

from rlsproject.embedded import Places, Postgres

TUNED = (
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "max_connections=100",
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track_utility=on",
    "io_method=sync",
)


class Cluster(Postgres):
    """fsync is always on. `durable_commits=False` turns synchronous_commit off: the peers' kindest setting.

    `port`: for servers that reach it by TCP on 127.0.0.1.
    """

    def __init__(self, folder: Path, *, durable_commits: bool = True, port: int | None = None) -> None:
        super().__init__(Places(folder))
        self._options = list(TUNED)
        if not durable_commits:
            self._options.append("synchronous_commit=off")
        if port is not None:
            self._options += ["listen_addresses=127.0.0.1", f"port={port}"]
        self.port = port

    def command(self) -> list[str]:
        return [*super().command(), *(word for option in self._options for word in ("-c", option))]

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def dsn(self, database: str) -> str:
        port = "" if self.port is None else f" port={self.port}"
        return f"host={self.places.sockets} user=rls dbname={database}{port}"

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.dsn("postgres"), autocommit=True)

    def count_statements(self, database: str) -> str:
        """A shell command that prints how many statements the database has run."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute("create extension if not exists pg_stat_statements")
        return f'{sys.executable} -m bench.statements "{self.dsn(database)}"'

"""The embedded database: PostgreSQL, reachable through a socket file only."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import psycopg

from rlsproject.embedded.account import account
from rlsproject.embedded.binaries import postgres_folder
from rlsproject.embedded.foreign import ForeignPlaces
from rlsproject.embedded.places import DATABASE, USER, Places
from rlsproject.embedded.server import Server, ServerFailed

SPEED_FOR_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres(Server):
    """A cluster of our own. `durable=False` (tests) gives up crash safety for speed."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast" shutdown: does not wait for clients to leave

    def __init__(self, places: Places, *, durable: bool = True) -> None:
        super().__init__(places.logs / "postgres.log")
        self.places = places
        self.durable = durable
        self.account = account()
        self.prefix = self.account.prefix
        self.foreign = ForeignPlaces.beside(places) if self.account.foreign else None

    @property
    def data(self) -> Path:
        return self.foreign.data if self.foreign else self.places.postgres

    def command(self) -> list[str]:
        # A SIP worker takes nine, each other process two or three; the tests run many servers at a time.
        options = ["listen_addresses=", "unix_socket_permissions=0700", "max_connections=250"]
        if not self.durable:
            options += SPEED_FOR_SAFETY
        sockets = self.foreign.sockets if self.foreign else self.places.sockets
        return [
            str(self._binaries() / "postgres"),
            *("-D", str(self.data)),
            *("-k", str(sockets)),
            *(argument for option in options for argument in ("-c", option)),
        ]

    def _binaries(self) -> Path:
        found = postgres_folder()
        return self.foreign.copy_of(found) if self.foreign else found

    def prepare(self) -> None:
        self.places.create()
        if self.foreign:
            self.foreign.create(self.places)
        if not (self.data / "PG_VERSION").exists():
            self._initdb()

    def _initdb(self) -> None:
        # `trust` is safe here: there is no TCP port, and only we can enter the socket's folder.
        how = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]
        command = [*self.prefix, str(self._binaries() / "initdb"), "-D", str(self.data), *how]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerFailed(f"initdb failed:\n{done.stderr}")

    def ready(self) -> bool:
        try:
            with self._connect() as connection:
                _create_database(connection)
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        host = str(self.places.sockets)
        return psycopg.connect(host=host, user=USER, dbname="postgres", autocommit=True)


def _create_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    if known is None:
        connection.execute(f"CREATE DATABASE {DATABASE}")

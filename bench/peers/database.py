"""The databases of the peer, each at its kindest setting."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import psycopg

from bench.cluster import Cluster
from bench.generator import RunFailed

NAME = "rlsbench"
SCHEMA = ("standard-create.sql", "presence-create.sql", "rls-create.sql")
POSTGRES_PORT, MARIADB_PORT = 15432, 15306
Row = dict[str, object]


class Database(Protocol):
    """`module` and `url` are Kamailio's names for it."""

    module: str
    url: str

    @property
    def pid(self) -> int: ...
    def start(self) -> None: ...
    def fill(self, empty: Sequence[str], table: str, rows: Iterable[Row]) -> None: ...
    def count_statements(self) -> str: ...
    def stop(self) -> None: ...


def _schema(kind: str) -> list[Path]:
    folder = Path("/usr/share/kamailio", kind)
    if not folder.is_dir():
        raise RunFailed(
            f"Kamailio's tables for {kind} are missing; docs/how-to/measure.md says how to get them"
        )
    return [folder / name for name in SCHEMA]


class PostgresDatabase:
    """With synchronous_commit off, and answers in the order that Kamailio's full NOTIFYs rest on."""

    module = "postgres"
    url = f"postgres://rls@127.0.0.1:{POSTGRES_PORT}/{NAME}"

    def __init__(self, folder: Path) -> None:
        self._cluster = Cluster(folder, durable_commits=False, port=POSTGRES_PORT)

    @property
    def pid(self) -> int:
        return self._cluster.pid

    def start(self) -> None:
        scripts = _schema("postgres")
        self._cluster.start()
        with psycopg.connect(self._cluster.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"drop database if exists {NAME}")
            connection.execute(f"create database {NAME}")
            # send_full_notify() reads rls_presentity without an order and drops what comes unsorted.
            for option in ("enable_seqscan", "enable_bitmapscan"):
                connection.execute(f"alter database {NAME} set {option} = off")
        with psycopg.connect(self._cluster.dsn(NAME), autocommit=True) as connection:
            for script in scripts:
                connection.execute(script.read_bytes())
            connection.execute("drop index rls_presentity_rlsubs_idx")

    def fill(self, empty: Sequence[str], table: str, rows: Iterable[Row]) -> None:
        with psycopg.connect(self._cluster.dsn(NAME)) as connection, connection.cursor() as cursor:
            cursor.execute(f"truncate {', '.join(empty)}".encode())
            copy = None
            for row in rows:
                if copy is None:
                    context = cursor.copy(f"copy {table} ({', '.join(row)}) from stdin".encode())
                    copy = context.__enter__()
                copy.write_row(list(row.values()))
            if copy is not None:
                context.__exit__(None, None, None)
        with psycopg.connect(self._cluster.dsn(NAME), autocommit=True) as connection:
            connection.execute("vacuum analyze")
            connection.execute("select pg_stat_statements_reset()")

    def count_statements(self) -> str:
        return self._cluster.count_statements(NAME)

    def stop(self) -> None:
        self._cluster.stop()


class MariaDatabase:
    """Nothing is flushed at a commit; Kamailio's memory mode does not run on PostgreSQL."""

    module = "mysql"
    url = f"mysql://bench:bench@127.0.0.1:{MARIADB_PORT}/{NAME}"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "socket"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        scripts = _schema("mysql")
        self._folder.mkdir(parents=True, exist_ok=True)
        data = self._folder / "data"
        _run("chown", "mysql", self._folder)
        if not data.exists():
            _run("mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={data}",
                 "--auth-root-authentication-method=normal")  # fmt: skip
        command = [
            "mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--socket={self._socket}",
            f"--port={MARIADB_PORT}", "--bind-address=127.0.0.1", "--innodb-buffer-pool-size=512M",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=1G", "--skip-log-bin",
            "--skip-name-resolve", "--max-connections=200",
        ]  # fmt: skip
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self._wait()
        self._execute(
            "create or replace user bench@'127.0.0.1' identified by 'bench';"
            "grant all on *.* to bench@'127.0.0.1';"
            f"drop database if exists {NAME}; create database {NAME} character set latin1; use {NAME};"
            + "".join(script.read_text() for script in scripts)
        )

    def _wait(self) -> None:
        for _ in range(150):
            try:
                self._execute("select 1")
            except RunFailed:
                time.sleep(0.2)
            else:
                return
        raise RunFailed(f"MariaDB did not start:\n{(self._folder / 'log').read_text()[-2000:]}")

    def _execute(self, statements: str) -> None:
        _run("mariadb", "--no-defaults", "-u", "root", f"--socket={self._socket}", input=statements)

    def fill(self, empty: Sequence[str], table: str, rows: Iterable[Row]) -> None:
        statements = [f"use {NAME};", *(f"truncate {name};" for name in empty), "begin;"]
        for row in rows:
            values = ", ".join(
                str(value) if isinstance(value, int) else f"'{value}'" for value in row.values()
            )
            statements.append(f"insert into {table} ({', '.join(row)}) values ({values});")
        self._execute("\n".join([*statements, "commit;"]))

    def count_statements(self) -> str:
        commands = (
            "SELECT INSERT UPDATE DELETE REPLACE BEGIN COMMIT ROLLBACK LOCK_TABLES UNLOCK_TABLES SET_OPTION"
        )
        names = ",".join(f"'COM_{name}'" for name in commands.split())
        query = (
            "select json_object('statements', sum(variable_value)) from information_schema.global_status"
            f" where variable_name in ({names})"
        )
        return f'mariadb --no-defaults -u root --socket={self._socket} -Nse "{query}"'

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None


def _run(*command: object, input: str = "") -> None:
    try:
        done = subprocess.run(
            list(map(str, command)), input=input, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise RunFailed(
            f"{error.filename} is not installed; docs/how-to/measure.md says how to get it"
        ) from None
    if done.returncode:
        raise RunFailed(f"{command[0]}: {done.stderr.strip()}")

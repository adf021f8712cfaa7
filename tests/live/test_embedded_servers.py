"""The embedded servers start, keep their data, stop, and let nobody else in."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rlsproject.embedded import Places, Postgres, ServerFailed, Valkey
from rlsproject.embedded.account import NOBODY, SWITCH, Account


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "var")


@pytest.fixture
def running(places: Places) -> Iterator[Postgres]:
    server = Postgres(places, durable=False)
    server.start()
    yield server
    server.stop()


def test_database_url_leads_to_the_running_server(running: Postgres) -> None:
    with psycopg.connect(running.places.database_url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("rls",)


def test_data_survives_a_restart(running: Postgres) -> None:
    with psycopg.connect(running.places.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")
    running.stop()
    running.start()
    with psycopg.connect(running.places.database_url) as connection:
        assert connection.execute("SELECT * FROM kept").fetchone() == (1,)


def test_no_tcp_port_is_open(running: Postgres) -> None:
    with psycopg.connect(running.places.database_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_folders_are_closed_to_others(running: Postgres) -> None:
    places = running.places
    for folder in (places.folder, places.sockets, places.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == os.getuid()


def test_open_folder_is_closed(places: Places) -> None:
    places.folder.mkdir(mode=0o755)
    places.create()
    assert stat.S_IMODE(places.folder.stat().st_mode) == 0o700


def test_link_in_place_of_the_socket_folder_is_refused(places: Places, tmp_path: Path) -> None:
    places.folder.mkdir()
    places.sockets.symlink_to(tmp_path)
    with pytest.raises(PermissionError, match="not a folder of yours"):
        places.create()


def test_long_path_puts_sockets_below_tmp(tmp_path: Path) -> None:
    places = Places(tmp_path / ("x" * 100))
    assert str(places.sockets).startswith(f"/tmp/rls-{os.getuid()}-")


def test_second_server_on_the_same_data_is_refused(running: Postgres) -> None:
    second = Postgres(running.places)
    second.ready = lambda: False  # type: ignore[method-assign]
    with pytest.raises(ServerFailed, match=r"postmaster\.pid"):
        second.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_without_namespaces_postgres_runs_as_nobody(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlsproject.embedded.postgres.account", lambda: Account(SWITCH, foreign=True))
    server = Postgres(places, durable=False)
    assert server.foreign
    try:
        server.start()
        assert server.process
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == NOBODY
        assert stat.S_IMODE(server.foreign.sockets.stat().st_mode) == 0o700
        with psycopg.connect(places.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()
        server.foreign.remove()


def test_broker_answers_through_its_socket_only(places: Places) -> None:
    server = Valkey(places)
    server.start()
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(places.valkey_socket))
            client.sendall(b"CONFIG GET port\r\n")
            assert b"$1\r\n0\r\n" in client.recv(100)
    finally:
        server.stop()


def test_missing_program_is_explained(monkeypatch: pytest.MonkeyPatch, places: Places) -> None:
    monkeypatch.setattr("rlsproject.embedded.binaries._package", lambda name: [])
    monkeypatch.setattr("rlsproject.embedded.binaries.shutil.which", lambda name: None)
    with pytest.raises(ServerFailed, match="set BROKER_URL"):
        Valkey(places).start()

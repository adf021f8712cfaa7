"""PostgreSQL and the broker in trouble: later, not wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import redis

from tests.faults.conftest import LONG
from tests.faults.family import family
from tests.faults.load import Load, faults_of
from tests.faults.plant import Plant
from tests.live.rig.waiting import eventually

TROUBLE = 4.0
"""Seconds that each trouble lasts."""
long = pytest.mark.skipif(not LONG, reason="long: make faults")


@contextmanager
def _stopped(pids: list[int]) -> Iterator[None]:
    _signal(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # it may have ended
            os.kill(pid, number)


@contextmanager
def postgres_silent(plant: Plant) -> Iterator[None]:
    assert plant.postgres.process is not None
    with _stopped(list(family(plant.postgres.process.pid))):
        yield


@contextmanager
def postgres_slow(plant: Plant) -> Iterator[None]:
    """It gets one twentieth of the time."""
    assert plant.postgres.process is not None
    over = threading.Event()

    def slow_down(pid: int) -> None:
        while not over.wait(0.01):
            with _stopped(list(family(pid))):
                over.wait(0.19)

    brake = threading.Thread(target=slow_down, args=[plant.postgres.process.pid])
    brake.start()
    try:
        yield
    finally:
        over.set()
        brake.join()


@contextmanager
def postgres_killed(plant: Plant) -> Iterator[None]:
    plant.kill_postgres()
    yield
    plant.revive_postgres()


@contextmanager
def postgres_read_only(plant: Plant) -> Iterator[None]:
    rows = plant.database.rows
    rows("alter system set default_transaction_read_only = on")
    rows("select pg_reload_conf()")
    eventually(lambda: rows("show default_transaction_read_only")[0].popitem()[1] == "on", "read only")
    yield
    rows("set default_transaction_read_only = off")
    rows("alter system reset default_transaction_read_only")
    rows("select pg_reload_conf()")


@contextmanager
def postgres_out_of_connections(plant: Plant) -> Iterator[None]:
    """All connections are taken by somebody else, those of the server are cut."""
    plant.database.rows("select 1")
    hogs: list[psycopg.Connection[tuple[object, ...]]] = []

    others = (
        "from pg_stat_activity where datname = current_database()"
        " and pid <> pg_backend_pid() and application_name <> 'hog'"
    )

    def hog() -> bool:
        plant.database.rows(f"select pg_terminate_backend(pid) {others}")
        with suppress(psycopg.OperationalError):
            while True:
                hogs.append(psycopg.connect(plant.database.url, application_name="hog"))
        return not plant.database.rows(f"select 1 {others}")

    eventually(hog, "all connections taken")
    yield
    for connection in hogs:
        connection.close()


def _flush(plant: Plant) -> None:
    with redis.Redis.from_url(
        plant.broker_url.replace("redis+socket", "unix", 1)
    ) as client:  # the former is Celery's
        client.flushall()


@contextmanager
def broker_flushed(plant: Plant) -> Iterator[None]:
    _flush(plant)
    yield
    _flush(plant)


@contextmanager
def broker_silent(plant: Plant) -> Iterator[None]:
    assert plant.broker.process is not None
    with _stopped([plant.broker.process.pid]):
        yield


DATABASE = [postgres_silent, postgres_killed, postgres_read_only, postgres_out_of_connections]
BROKER = [broker_flushed, broker_silent]


@long
@pytest.mark.parametrize("trouble", [postgres_slow, *DATABASE, *BROKER])
def test_trouble_under_load_costs_nothing_but_time(
    plant: Plant, trouble: Callable[[Plant], Iterator[None]]
) -> None:
    with Load(plant) as load:
        load.wait_until_subscribed()
        with trouble(plant):  # type: ignore[attr-defined]
            time.sleep(TROUBLE)
        assert not (wrong := faults_of(load.result())), wrong


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Plant]:
    """All of it is below a folder that can be filled."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=220m", "tmpfs", str(tmp_path)], check=True)
    plant = Plant(tmp_path)
    try:
        plant.start()
        yield plant
    finally:
        plant.stop()
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@long
@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
def test_full_disk_under_load_costs_nothing_but_time(small_disk: Plant, tmp_path: Path) -> None:
    with Load(small_disk) as load:
        load.wait_until_subscribed()
        with disk_full(small_disk, tmp_path):
            time.sleep(TROUBLE)
        assert not (wrong := faults_of(load.result())), wrong


@contextmanager
def disk_full(plant: Plant, folder: Path) -> Iterator[None]:
    """Not a byte is left, and the log of transactions needs another file."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    with pytest.raises(psycopg.Error):
        for _ in range(5):
            plant.database.rows(
                "select pg_switch_wal(), pg_logical_emit_message(true, 'x', repeat('x', 100000))"
            )
    plant.database.close()
    yield
    ballast.unlink()
    process = plant.postgres.process
    if process is not None and process.poll() is not None:
        plant.revive_postgres()

"""What operators do and hosts suffer while the load goes on: restarts, upgrades, clocks, shortage."""

from __future__ import annotations

import resource
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.faults.conftest import LONG
from tests.faults.load import Load, faults_of
from tests.faults.network import datagrams_lost
from tests.faults.plant import Plant
from tests.live.rig.database import PROJECT
from tests.live.rig.waiting import eventually

long = pytest.mark.skipif(not LONG, reason="long: make faults")


def rolling_restart(plant: Plant) -> None:
    plant.restart(PROJECT)


def columns_added(plant: Plant) -> None:
    """The next version's migrations add to the tables that this version writes."""
    for table in ("rls_watchers", "rls_presentity", "rls_outbox", "rls_changes", "rls_workers"):
        plant.database.rows(f"alter table {table} add column if not exists next_version text")
    plant.kill("worker")
    plant.revive("worker")


def clock_set_back_and_forth(plant: Plant) -> None:
    for seconds in (3600, 0, -3600, 0):
        plant.set_clock(seconds)
        time.sleep(2.5)
        assert abs(_clock_of(plant) - time.time() - seconds) < 600


def _clock_of(plant: Plant) -> float:
    """What the list server takes for the time."""
    with urllib.request.urlopen(f"{plant.server.http}/healthz") as answer:
        return parsedate_to_datetime(answer.headers["Date"]).timestamp()


@contextmanager
def _frozen(plant: Plant) -> Iterator[None]:
    """Long enough for its lease to end."""
    worker = plant.processes["worker"]
    worker.ask_to_stop(signal.SIGSTOP)
    yield
    time.sleep(6)
    worker.ask_to_stop(signal.SIGCONT)


def worker_frozen(plant: Plant) -> None:
    with _frozen(plant):
        pass


def socket_full(plant: Plant) -> None:
    """More than it holds comes while nobody reads: most of what peers send then is lost."""
    before = datagrams_lost(plant.server.sip[1])
    with _frozen(plant), socket.socket(type=socket.SOCK_DGRAM) as junk:
        for _ in range(300):
            junk.sendto(bytes(60_000), plant.server.sip)
        assert datagrams_lost(plant.server.sip[1]) > before


def no_more_files(plant: Plant) -> None:
    """Its connections to the database are cut and cannot be replaced, nor can others connect."""
    pid = plant.processes["worker"].pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = max(int(entry.name) for entry in Path(f"/proc/{pid}/fd").iterdir()) + 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used, limits[1]))
    connections = [socket.create_connection(plant.server.sip) for _ in range(20)]
    plant.database.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'rls sipworker' and datname = current_database()"
    )
    eventually(lambda: "Too many open files" in plant.server.worker.output(), "shortage")
    time.sleep(3)
    for connection in connections:
        connection.close()
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


@long
@pytest.mark.parametrize(
    "operation",
    [rolling_restart, columns_added, clock_set_back_and_forth, worker_frozen, socket_full, no_more_files],
)
def test_under_load_it_costs_nothing_but_time(plant: Plant, operation: Callable[[Plant], None]) -> None:
    with Load(plant) as load:
        load.wait_until_subscribed()
        operation(plant)
        assert not (wrong := faults_of(load.result())), wrong
    assert plant.processes["worker"].lives

"""What operators do and hosts suffer while the load goes on: restarts, upgrades, clocks, shortage."""

from __future__ import annotations

import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.conftest import LONG
from tests.faults.load import Load, faults_of
from tests.faults.plant import Plant
from tests.live.rig.database import PROJECT

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


def worker_frozen(plant: Plant) -> None:
    """Long enough for the buffers of its sockets to run over, and for its lease to end."""
    worker = plant.processes["worker"]
    worker.ask_to_stop(signal.SIGSTOP)
    time.sleep(6)
    worker.ask_to_stop(signal.SIGCONT)


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
    time.sleep(3)
    for connection in connections:
        connection.close()
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


@long
@pytest.mark.parametrize(
    "operation", [rolling_restart, columns_added, clock_set_back_and_forth, worker_frozen, no_more_files]
)
def test_under_load_it_costs_nothing_but_time(plant: Plant, operation: Callable[[Plant], None]) -> None:
    with Load(plant) as load:
        load.wait_until_subscribed()
        operation(plant)
        assert not (wrong := faults_of(load.result())), wrong
    assert plant.processes["worker"].lives


@long
def test_migration_that_was_killed_is_taken_up_again(plant: Plant, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    database = plant.another_database(migrated=False)
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = {**os.environ, "DATABASE_URL": database.url, "RLS_VAR": str(tmp_path)}
    for _ in range(5):
        running = subprocess.Popen(command, cwd=PROJECT, env=environment)
        with suppress(subprocess.TimeoutExpired):
            running.wait(chance.uniform(1, 4))
        running.kill()
        running.wait()
    subprocess.run(command, cwd=PROJECT, env=environment, check=True)
    subprocess.run([*command, "--check"], cwd=PROJECT, env=environment, check=True)

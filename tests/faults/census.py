"""What a list server takes: memory and files of its processes and servers, rows and dead rows of tables."""

from __future__ import annotations

import statistics
from pathlib import Path

from tests.faults.family import family
from tests.faults.plant import CLEAN_PERIOD, Plant
from tests.faults.samples import Samples
from tests.live.rig.memory import own_memory

TABLES = """
select relname as name, pg_total_relation_size(relid) as bytes, n_dead_tup as dead,
       n_tup_upd - n_tup_hot_upd + n_tup_del as garbage, autovacuum_count as vacuums
from pg_stat_user_tables where relname like 'rls_%%' or relname like 'xcap%%'
"""
COUNTED = ("rls_watchers", "rls_presentity", "rls_outbox", "rls_changes", "xcap_versions")
BUSY = 10_000
"""Rows that became garbage, after which autovacuum must have been there."""


def look(plant: Plant) -> dict[str, float]:
    """By name and unit."""
    return {**_processes(plant), **_tables(plant)}


def _processes(plant: Plant) -> dict[str, float]:
    assert plant.postgres.process and plant.broker.process
    found = {name: process.pid for name, process in plant.processes.items()}
    servers = {"PostgreSQL": plant.postgres.process.pid, "broker": plant.broker.process.pid}
    values: dict[str, float] = {}
    for name, pid in {**found, **servers}.items():
        pids = list(family(pid))
        values[f"{name} kB"] = sum(map(own_memory, pids))
        if name in found:  # those of PostgreSQL are a cache
            values[f"{name} files"] = sum(map(_open_files, pids))
    return values


def _tables(plant: Plant) -> dict[str, float]:
    values: dict[str, float] = {}
    for row in plant.database.rows(TABLES):
        name = row.pop("name")
        values.update({f"{name} {unit}": value for unit, value in row.items()})
    for name in COUNTED:
        [row] = plant.database.rows(f"select count(*) as count from {name}")
        values[f"{name} rows"] = row["count"]
    return values


def _open_files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except FileNotFoundError:
        return 0


def never_vacuumed(samples: Samples) -> list[str]:
    """Tables that needed it after the beginning, and were left alone."""
    return [
        f"{name} was not vacuumed"
        for name in samples.names("garbage")
        if samples.gained(f"{name} garbage") > BUSY and not samples.gained(f"{name} vacuums")
    ]


def cleaned_late(samples: Samples) -> list[str]:
    """Remnants usually live for one period; a busy machine may take its time now and then."""
    usual = statistics.median(samples.values("oldest remnant seconds"))
    return [f"remnants stayed for {usual:.0f} s"] if usual > 2 * CLEAN_PERIOD else []

"""A migration that is killed again and again between its steps ends as one that was left alone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import LONG
from tests.faults.plant import Plant
from tests.live.rig.database import PROJECT, Database
from tests.live.rig.waiting import eventually

KILLS = 5
REST = 10
"""Migrations that are left at least when one is killed: it goes on until it is hit."""
SCHEMA = """
select concat_ws(' ', table_name, ordinal_position, column_name, data_type, character_maximum_length,
       is_nullable, column_default, is_identity) as said
  from information_schema.columns where table_schema = 'public'
union all select indexdef from pg_indexes where schemaname = 'public'
union all select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
  from pg_constraint where connamespace = 'public'::regnamespace
union all select concat_ws(' ', relname, relpersistence, reloptions)
  from pg_class where relnamespace = 'public'::regnamespace
union all select concat_ws(' ', app, name) from django_migrations
union all select concat_ws(' ', 'may', codename) from auth_permission
"""


def _applied(database: Database) -> int:
    """Migrations of all apps."""
    if not database.rows("select 1 from pg_tables where tablename = 'django_migrations'"):
        return 0
    return int(database.rows("select count(*) as count from django_migrations")[0]["count"])


def _schema(database: Database) -> list[str]:
    return sorted(row["said"] for row in database.rows(SCHEMA))


@contextmanager
def _migrating(database: Database, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "DATABASE_URL": database.url, "RLS_VAR": str(folder)}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _kill_after(number: int, database: Database, folder: Path, delay: float) -> None:
    """That many migrations, and so many seconds: some are hit in their midst."""
    with _migrating(database, folder):
        eventually(lambda: _applied(database) >= number, f"{number} migrations")
        time.sleep(delay)


@pytest.mark.skipif(not LONG, reason="long: make faults")
def test_migration_that_was_killed_is_taken_up_again(plant: Plant, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    with (
        closing(plant.another_database(migrated=True)) as whole,
        closing(plant.another_database(migrated=False)) as database,
    ):
        total = _applied(whole)
        for number in sorted(chance.sample(range(1, total - REST), KILLS)):
            _kill_after(number, database, tmp_path, chance.uniform(0, 0.02))
            assert 0 < _applied(database) < total, (seed, number)
        with _migrating(database, tmp_path) as process:
            assert process.wait() == 0
        assert _schema(database) == _schema(whole)

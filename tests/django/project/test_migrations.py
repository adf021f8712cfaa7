"""Migrations run while the version before them serves: it goes on writing the tables as it knows them."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

APPS = ("rls", "xcap")
FATAL = re.compile(
    r"DROP DEFAULT|SET NOT NULL|DROP COLUMN|DROP TABLE|RENAME |ALTER COLUMN \S+ TYPE|SET (UN)?LOGGED"
)
"""What fails the statements of the version before, or writes a whole table anew under its lock."""


def _later_migrations() -> list[Migration]:
    """All but the first of each app."""
    on_disk = MigrationLoader(None).disk_migrations
    return [on_disk[key] for key in sorted(on_disk) if key[0] in APPS and not on_disk[key].initial]


@pytest.mark.django_db
@pytest.mark.parametrize("migration", _later_migrations(), ids=str)
def test_version_before_can_go_on(migration: Migration) -> None:
    loader = MigrationLoader(connection)
    state = loader.project_state((migration.app_label, migration.name), at_end=False)
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    created = set(re.findall(r'CREATE TABLE "(\w+)"', "\n".join(editor.collected_sql)))
    of_others = [each for each in editor.collected_sql if not any(table in each for table in created)]
    assert [statement for statement in of_others if FATAL.search(statement)] == []

"""docs/reference/tables.md describes every column that the models have, and no other."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import connection, models

from tests.quality.test_tools import PROJECT

PAGE = PROJECT / "docs" / "reference" / "tables.md"
HEADING = re.compile(r"^## (\w+)$", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| `([^`]+)` \|(.*)\|$", re.MULTILINE)
MODELS: list[type[models.Model]] = [
    model for app in ("rls", "xcap") for model in apps.get_app_config(app).get_models()
]


def sections() -> dict[str, str]:
    """The text below each heading, by table."""
    _, *pieces = HEADING.split(PAGE.read_text())
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def columns(model: type[models.Model]) -> list[tuple[str | None, str | None]]:
    """Name and type in the database."""
    return [(field.column, field.db_type(connection)) for field in model._meta.local_concrete_fields]


def test_every_table_is_described_and_none_is_invented() -> None:
    assert sorted(sections()) == sorted(model._meta.db_table for model in MODELS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_columns_and_types_are_those_of_the_model(model: type[models.Model]) -> None:
    described = [(name, kind) for name, kind, _ in ROW.findall(sections()[model._meta.db_table])]
    assert described == columns(model)


@pytest.mark.parametrize("table", sorted(sections()))
def test_every_column_says_what_it_means_and_who_writes_it(table: str) -> None:
    cells = [rest.split("|") for _, _, rest in ROW.findall(sections()[table])]
    assert cells
    assert all(len(row) == 3 and all(cell.strip() for cell in row) for row in cells)

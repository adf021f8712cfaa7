"""Page numbers without full counts."""

from __future__ import annotations

import pytest
from django.db import connection

from rls.admin import paginator
from rls.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hundred_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paginator, "EXACT_UP_TO", 20)
    Change.objects.bulk_create(
        Change(owner=number % 4, slice=0, watcher_ids=[], row_ids=[]) for number in range(100)
    )


def count(**condition: int) -> int:
    return paginator.EstimatedPaginator(Change.objects.filter(**condition).order_by("pk"), 50).count


def test_small_result_is_counted_exactly() -> None:
    assert count(pk__lt=0) == 0
    assert count(owner=1, pk__gt=0, slice=1) == 0


def test_big_filtered_result_is_counted_up_to_the_limit() -> None:
    assert count(owner=1) == 20


def test_big_table_is_as_long_as_the_statistics_say() -> None:
    with connection.cursor() as cursor:
        cursor.execute("analyze rls_changes")
    assert count() == 100


def test_table_without_statistics_has_the_rows_that_were_counted() -> None:
    assert count() >= 21

"""The tick around its slices: single flight, its mark, its share of the slots."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from psycopg import RawCursor
from pytest_django import DjangoAssertNumQueries, Settings

from rls import batching, tasks
from rls.models import Change, OutboxEntry, Tick, Watcher
from rls.store import prepared
from rls.store.tick import run_slice
from tests.django.database import connect_sync
from tests.django.store.rows import watcher

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _ten_slices(settings: Settings) -> None:
    settings.RLS_SLICES = 10


@pytest.fixture
def _changed() -> None:
    """Watchers of all ten slices were not told of a change."""
    for number in range(10, 20):
        Watcher.objects.create(**watcher(number)._asdict())
        Change.objects.create(owner=1, slice=number % 10, watcher_ids=[number], row_ids=[number])


@pytest.mark.usefixtures("_changed")
def test_a_tick_after_a_pause_serves_every_slice_once() -> None:
    assert batching.tick("test", window=0.0) == 10
    assert sorted(OutboxEntry.objects.values_list("watcher_id", flat=True)) == list(range(10, 20))
    assert batching.tick("test", window=0.0) == 0


@pytest.mark.usefixtures("_changed")
def test_a_tick_does_nothing_while_another_runs() -> None:
    with connect_sync() as other:
        other.execute("select pg_advisory_lock(%s)", (batching.LOCK,))
        assert batching.tick("test", window=0.0) == 0
        assert Change.objects.count() == 10
        other.execute("select pg_advisory_unlock(%s)", (batching.LOCK,))
    assert batching.tick("test", window=0.0) == 10


def test_a_tick_leaves_the_lock_free_also_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> int:
        raise RuntimeError("broken slice")

    monkeypatch.setattr(batching, "run_slice", fail)
    with pytest.raises(RuntimeError):
        batching.tick("test", window=0.0)
    with connect_sync() as other:
        cursor = other.execute("select pg_try_advisory_lock(%s)", (batching.LOCK,))
        assert cursor.fetchone() == (True,)


@pytest.mark.usefixtures("_changed")
def test_one_broken_slice_keeps_what_the_others_did(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[int] = []

    def fail_at_the_third(cursor: RawCursor[Any], number: int, slot: int, by: str, lag: float) -> int:
        served.append(number)
        if len(served) == 3:
            raise RuntimeError("broken slice")
        return run_slice(cursor, number, slot, by, lag)

    monkeypatch.setattr(batching, "run_slice", fail_at_the_third)
    with pytest.raises(RuntimeError):
        batching.tick("test", window=0.0)
    assert OutboxEntry.objects.count() == 2
    assert Tick.objects.get().slot % 10 == served[1]


@pytest.mark.parametrize("due", [0, 1, 300])
def test_a_slice_is_one_statement_however_many_watchers_are_due(
    due: int, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed = []

    class Counting(RawCursor[Any]):
        def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
            executed.append(query)
            return super().execute(query, *args, **kwargs)

    monkeypatch.setattr(prepared, "RawCursor", Counting)
    numbers = range(1000, 1000 + due)
    for number in numbers:
        Watcher.objects.create(**watcher(number)._asdict())
        Change.objects.create(owner=1, slice=3, watcher_ids=[number], row_ids=[number])
    Tick.objects.create(id=1, last=timezone.now(), by="")
    with django_assert_num_queries(0):
        assert batching.serve_slot(13, "test", time.time()) == due
    assert len(executed) == 1
    tick = Tick.objects.get()
    assert (OutboxEntry.objects.count(), tick.slot, tick.slots, tick.notifies) == (due, 13, 1, due)


def test_a_tick_leaves_its_mark() -> None:
    before = time.time()
    batching.tick("test", window=0.0)
    tick = Tick.objects.get()
    assert tick.by == "test"
    assert int(before * 10) <= tick.slot <= time.time() * 10


def test_the_task_of_celery_ticks(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "tick", partial(batching.tick, window=0.0))
    tasks.tick()
    assert Tick.objects.get().by == "celery"


def test_a_tick_does_not_read_the_changes_of_other_slices() -> None:
    """Nor those that are claimed and not vacuumed yet, of which there are many under load."""
    with connection.cursor() as cursor:
        cursor.execute(batching.SCANS, {"on": "off"})
        cursor.execute("explain select id from rls_changes where slice = 3 for update skip locked")
        plan = str(cursor.fetchall())
        cursor.execute(batching.SCANS, {"on": "on"})
    assert "Index Scan using rls_changes_slice" in plan


def test_the_lock_is_held_by_the_connection_of_the_tick_only() -> None:
    batching.tick("test", window=0.0)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_locks where locktype = 'advisory'")
        assert cursor.fetchone() == (0,)


def test_slots_notifies_and_lateness_are_noted() -> None:
    Tick.objects.create(id=1, last=timezone.now(), by="")
    Watcher.objects.create(**watcher(1003)._asdict())
    Change.objects.create(owner=1, slice=3, watcher_ids=[1003], row_ids=[1])
    batching.serve_slot(13, "test", time.time() - 2)
    batching.serve_slot(14, "test", time.time() + 3600)
    tick = Tick.objects.get()
    assert (tick.slots, tick.notifies, tick.lag) == (2, 1, 0.0)

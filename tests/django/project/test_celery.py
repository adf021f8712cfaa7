"""The beat: one short-lived tick in its own queue, and housekeeping."""

from __future__ import annotations

import pytest
from celery import signals
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]
from django.db import connection

from rls.domain.slots import TICK
from rlsproject.celery import REFRESH_WATCHERS, app, configuration


def test_tick_expires_instead_of_piling_up() -> None:
    schedule = configuration("redis://", 100.0)["beat_schedule"]
    assert isinstance(schedule, dict)
    assert schedule["tick"] == {"task": "rls.tasks.tick", "schedule": TICK, "options": {"expires": TICK}}
    assert schedule["clean_up"]["schedule"] == 100.0


def test_opensips_is_told_where_there_is_one() -> None:
    schedules = [configuration("redis://", 100.0, refreshing=told)["beat_schedule"] for told in (False, True)]
    assert ["refresh_watchers" in schedule for schedule in schedules] == [False, True]  # type: ignore[operator]
    app.loader.import_default_modules()
    assert REFRESH_WATCHERS["task"] in app.tasks


def test_tick_has_its_own_queue() -> None:
    route = app.amqp.router.route({}, "rls.tasks.tick")
    assert route["queue"].name == "rls.tick"


def test_scheduled_tasks_exist() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


@pytest.fixture
def _fixup(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Celery's worker does about the connections of Django."""
    fixup = DjangoWorkerFixup(app)
    monkeypatch.setattr(fixup, "close_cache", lambda: None)
    fixup.install()


@pytest.mark.usefixtures("_fixup")
@pytest.mark.django_db(transaction=True)
def test_tasks_keep_their_connection_until_it_is_lost() -> None:
    app.loader.import_default_modules()
    task = app.tasks["rls.tasks.tick"]
    connection.ensure_connection()
    used = connection.connection
    signals.task_prerun.send(sender=task)
    signals.task_postrun.send(sender=task)
    assert connection.connection is used
    used.close()
    signals.task_prerun.send(sender=task)
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    assert connection.connection is not used

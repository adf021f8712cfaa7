"""The beat: one short-lived tick in its own queue, and housekeeping."""

from __future__ import annotations

import pytest

from rls.domain.slots import tick_interval
from rlsproject.celery import REFRESH_WATCHERS, app, configuration


@pytest.mark.parametrize(("waitn_time", "interval"), [(0.2, 0.2), (1.0, 1.0), (5.0, 1.0)])
def test_tick_comes_every_waitn_time_but_once_a_second_at_the_least(
    waitn_time: float, interval: float
) -> None:
    assert tick_interval(waitn_time) == interval


def test_tick_expires_instead_of_piling_up() -> None:
    schedule = configuration("redis://", 0.2, 100.0)["beat_schedule"]
    assert isinstance(schedule, dict)
    assert schedule["tick"] == {"task": "rls.tasks.tick", "schedule": 0.2, "options": {"expires": 1.0}}
    assert schedule["clean_up"]["schedule"] == 100.0


def test_opensips_is_told_where_there_is_one() -> None:
    schedules = [
        configuration("redis://", 1.0, 100.0, refreshing=told)["beat_schedule"] for told in (False, True)
    ]
    assert ["refresh_watchers" in schedule for schedule in schedules] == [False, True]  # type: ignore[operator]
    app.loader.import_default_modules()
    assert REFRESH_WATCHERS["task"] in app.tasks


def test_tick_has_its_own_queue() -> None:
    route = app.amqp.router.route({}, "rls.tasks.tick")
    assert route["queue"].name == "rls.tick"


def test_scheduled_tasks_exist() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)

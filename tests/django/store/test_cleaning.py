"""What nobody owns any more is deleted."""

from __future__ import annotations

import time

import pytest
from django.db.models.functions import Now

from rls import services, tasks
from rls.models import OutboxEntry, Presentity, Watcher, Worker
from tests.django.store.rows import OWNER, presentity, watcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def _subscriptions() -> None:
    """Watcher 1 lives, 2 expired a moment ago, 3 long ago; 4 has left rows behind."""
    now = int(time.time())
    for number, expires in ((1, now + 60), (2, now - 60), (3, now - services.ABANDONED_AFTER - 60)):
        Watcher.objects.create(**watcher(number, expires=expires)._asdict())
    for number in (1, 2, 3, 4):
        Presentity.objects.create(**presentity(10 * number, number)._asdict())
        OutboxEntry.objects.create(owner=1, watcher_id=number, cseq=1, version=0, kind="F", row_ids=[])


@pytest.mark.usefixtures("_subscriptions")
def test_what_its_owner_never_came_back_for_goes_with_its_rows() -> None:
    assert services.clean_up() == 1 + 2 + 2
    assert sorted(Watcher.objects.values_list("id", flat=True)) == [1, 2]
    assert sorted(Presentity.objects.values_list("id", flat=True)) == [10, 20]
    assert sorted(OutboxEntry.objects.values_list("watcher_id", flat=True)) == [1, 2]


@pytest.mark.usefixtures("_subscriptions")
def test_the_task_of_celery_cleans_up_and_a_second_time_finds_nothing() -> None:
    tasks.clean_up()
    assert services.clean_up() == 0


@pytest.mark.usefixtures("_subscriptions")
def test_what_a_living_worker_holds_is_its_own_whatever_the_clock_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Worker.objects.create(pk=OWNER, contact="", started=Now(), heartbeat=Now())
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 24 * 3600)
    services.clean_up()
    assert sorted(Watcher.objects.values_list("id", flat=True)) == [1, 2, 3]

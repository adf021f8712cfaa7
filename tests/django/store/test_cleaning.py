"""What nobody owns any more is deleted."""

from __future__ import annotations

import time

import pytest

from rls import services, tasks
from rls.models import OutboxEntry, Presentity, Watcher
from tests.django.store.rows import presentity, watcher

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

"""Filters and searches find the rows that an operator means."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from rls.models import Presentity, Watcher
from tests.django.admin import rows

pytestmark = pytest.mark.django_db


def found(client: Client, model: str, **query: str) -> list[int]:
    page = client.get(reverse(f"admin:rls_{model}_changelist"), query)
    assert page.status_code == 200
    return sorted(row.pk for row in page.context["cl"].result_list)


@pytest.fixture
def watchers() -> list[Watcher]:
    """alice (1), bob (2) and claire (3), each different in what filters look at."""
    rows.workers(3, 3)
    now = int(time.time())
    alice = rows.watcher(1, now, watcher_username="alice", expires=now - 5, to_domain="a.test", owner=1)
    bob = rows.watcher(2, now, watcher_username="bob", expires=now + 300, event="dialog", owner=2)
    claire = rows.watcher(3, now, watcher_username="claire", expires=now + 3000, event="presence", owner=2)
    claire.status = Watcher.Status.PENDING
    return Watcher.objects.bulk_create([alice, bob, claire])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"expiry": "expired"}, [1]),
        ({"expiry": "60"}, []),
        ({"expiry": "600"}, [2]),
        ({"expiry": "3600"}, [2, 3]),
        ({"event": "dialog"}, [2]),
        ({"domain": "a.test"}, [1]),
        ({"owner": "2"}, [2, 3]),
        ({"status__exact": "2"}, [3]),
        ({"q": "bob"}, [2]),
        ({"q": "00003"}, [3]),
        ({"q": "claire@example.test"}, [3]),
        ({"q": "claire dialog"}, []),
        ({"failing": "yes"}, []),
        ({"owner": "x", "expiry": "y"}, [1, 2, 3]),
    ],
)
@pytest.mark.usefixtures("watchers")
def test_watchers(admin_client: Client, query: dict[str, str], expected: list[int]) -> None:
    assert found(admin_client, "watcher", **query) == expected


@pytest.fixture
def resources(watchers: list[Watcher]) -> None:
    codes = {0: 200, 1: 403, 2: 503}
    made = [rows.presentity(number, watchers[number], number, 0) for number in range(3)]
    for number, row in enumerate(made):
        row.be_code = codes[number]
        row.resource_uri = f"sip:friend{number}@example.test"
    Presentity.objects.bulk_create(made)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"answer": "failed"}, [1001, 1002]),
        ({"answer": "503"}, [1002]),
        ({"event": "dialog"}, [1001]),
        ({"q": "friend0"}, [1000]),
        ({"q": "claire"}, [1002]),
        ({"q": "sip:friend1@example.test"}, [1001]),
        ({"resource_uri__exact": "sip:friend2@example.test"}, [1002]),
    ],
)
@pytest.mark.usefixtures("resources")
def test_resources(admin_client: Client, query: dict[str, str], expected: list[int]) -> None:
    assert found(admin_client, "presentity", **query) == expected


@pytest.mark.usefixtures("resources")
def test_resource_whose_watcher_is_gone_is_still_listed(admin_client: Client) -> None:
    Watcher.objects.filter(pk=1).delete()
    page = admin_client.get(reverse("admin:rls_presentity_changelist"))
    assert "1 (gone)" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [({"failing": "yes"}, [2, 3]), ({"q": "sip:friend1"}, [2]), ({"q": "friend"}, [1, 2, 3])],
)
@pytest.mark.usefixtures("resources")
def test_watchers_of_resources(admin_client: Client, query: dict[str, str], expected: list[int]) -> None:
    assert found(admin_client, "watcher", **query) == expected

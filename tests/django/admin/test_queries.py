"""Lists need few queries, however many rows they show."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.django.admin import rows

SESSION = 2  # session and user
PAGE = 2  # bounded count, rows
"""Each with the queries beyond session and page: filters' choices, related rows."""
EXTRA = {
    "rls_watcher": 2,  # domains, workers
    "rls_presentity": 1,  # watchers
    "rls_outboxentry": 2,  # workers, watchers
    "rls_change": 2,
    "rls_worker": 0,
    "rls_tick": 0,
    "rls_subscriber": 2,
    "admin_logentry": 0,
}


@pytest.mark.parametrize("name", EXTRA)
def test_list_of_some_hundred_rows(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, name: str
) -> None:
    rows.fill(watchers=200, resources=3)
    with django_assert_max_num_queries(SESSION + PAGE + EXTRA[name]):
        assert admin_client.get(reverse(f"admin:{name}_changelist")).status_code == 200


def test_watcher_page_with_many_resources(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows.fill(watchers=1, resources=300)
    with django_assert_max_num_queries(9):  # one of them for the phone profile
        page = admin_client.get(reverse("admin:rls_watcher_change", args=[1]))
    assert page.content.count(b'class="rls-link"') == 50


def test_overview(admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    rows.fill(watchers=200, resources=3)
    with django_assert_max_num_queries(SESSION + 10):  # samples, problems
        admin_client.get(reverse("admin:index"))

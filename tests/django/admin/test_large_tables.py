"""With 100 000 subscriptions every search is answered by an index."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from rls.admin import finding
from rls.models import Presentity, Watcher
from tests.django.admin import rows

WATCHERS = 100_000


def copies(model: type[Watcher] | type[Presentity], number: int, **spelled: str) -> None:
    """Copy the only row `number` times; `spelled` are SQL expressions of n."""
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(spelled.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {table} ({', '.join(columns)}) "
            f"select {values} from {table}, generate_series(1, {number}) n"
        )
        cursor.execute(f"analyze {table}")


@pytest.fixture
def many(db: None) -> None:
    now = int(time.time())
    watcher = rows.watcher(1, now)
    watcher.save(force_insert=True)
    rows.presentity(0, watcher, 0, now).save(force_insert=True)
    copies(
        Watcher,
        WATCHERS,
        id="1000000 + n",
        watcher_username="'user' || n",
        service_uri="'sip:list' || n || '@example.test'",
        callid="md5(n::text)",
        rlsubs_did="'did' || n",
    )
    copies(
        Presentity,
        WATCHERS,
        id="1000000 + n",
        watcher_id="1000000 + n",
        resource_uri="'sip:resource' || n || '@example.test'",
        rlsubs_did="'did' || n",
    )


@pytest.mark.usefixtures("many")
def test_searches_walk_through_no_table() -> None:
    terms = ("user77", "user777@example.test", "sip:list777@example.test", "a87ff679a2", "resource4242")
    for search in (finding.watchers, finding.resources):
        for term in terms:
            assert_indexed(search, term)


FILTERS = {
    "watcher": (
        {},
        {"q": "user777"},
        {"status__exact": "1"},
        {"p": "3"},
        {"domain": "example.test"},
        {"owner": "1"},
    ),
    "presentity": (
        {},
        {"q": "user777"},
        {"auth_state__exact": "2"},
        {"answer": "200"},
        {"event": "presence"},
    ),
}
MOST_QUERIES = 7
"""Session, user, bounded count, rows, what they lead to, choices of filters, rows that a search looks up."""


@pytest.mark.usefixtures("many")
def test_every_filter_shows_its_rows_in_few_queries_and_counts_no_table(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for model, queries in FILTERS.items():
        for query in queries:
            with django_assert_max_num_queries(MOST_QUERIES) as captured:
                page = admin_client.get(reverse(f"admin:rls_{model}_changelist"), query)
            assert len(page.context["cl"].result_list) == 50, query
            counts = [each["sql"] for each in captured if "COUNT(*)" in each["sql"]]
            assert all("LIMIT" in sql for sql in counts), query


@pytest.mark.usefixtures("many")
def test_failing_resources_are_found_without_a_walk() -> None:
    Presentity.objects.filter(pk=1_000_777).update(be_code=403)
    failing = Presentity.objects.filter(be_code__gte=300)
    assert [row.pk for row in failing] == [1_000_777]
    plan = Watcher.objects.filter(Exists(failing.filter(watcher_id=OuterRef("pk")))).explain()
    assert "rls_presentity_failing" in plan


def assert_indexed(search: Callable[[str], Q], term: str) -> None:
    model = Watcher if search is finding.watchers else Presentity
    plan = model._default_manager.filter(search(term)).order_by("-pk")[:50].explain()
    assert "Seq Scan" not in plan, f"{term}\n{plan}"

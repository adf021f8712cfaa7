"""Pages cost the same wherever they are, and count nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rls.models import Subscriber, Watcher
from tests.django.admin import rows
from tests.django.api.client import Api
from tests.django.xcap.documents import inline, lists, services
from xcap import store
from xcap.models import Document
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES

pytestmark = pytest.mark.django_db
IDENTITY = 4
"""Queries for token with owner, and permissions (of the user, of the groups)."""
MANY = 100_000
COLUMNS = [str(field.column) for field in Watcher._meta.local_concrete_fields]


def all_pages(api: Api, path: str) -> list[list[dict[str, object]]]:
    pages = []
    url: str | None = path
    while url:
        answer = api.get(url)
        assert answer.status == 200
        pages.append(answer.body["results"])
        url = answer.body["next"]
    return pages


def test_lists_of_many_documents_come_page_by_page(operator: Api) -> None:
    names = []
    for user in ("a", "b", "c", "d"):
        Subscriber.objects.create(username=user, domain="example.test")
        owner = Xui(user, "example.test")
        content = "".join(f'<list name="{user}{number}"/>' for number in range(3 if user != "c" else 0))
        store.put(RESOURCE_LISTS, DocumentSelector("", owner, "index"), lists(content))
        names += [f"{user}{number}" for number in range(3 if user != "c" else 0)]
    pages = all_pages(operator, "lists?limit=2")
    assert [each["id"] for page in pages for each in page] == names
    assert max(map(len, pages)) == 2


def test_services_and_subscribers_come_page_by_page(operator: Api, alice: Api) -> None:
    uris = [f"sip:l{number}@example.test" for number in range(5)]
    body = services(*(inline(uri, "sip:bob@example.test") for uri in uris))
    store.put(RLS_SERVICES, DocumentSelector("", Xui("alice", "example.test"), "index"), body)
    pages = all_pages(operator, "services?limit=2")
    assert sorted(str(each["uri"]) for page in pages for each in page) == uris
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [len(page) for page in all_pages(operator, "subscribers?limit=1")] == [1]


def test_hundred_thousand_rows(operator: Api) -> None:
    first = rows.watcher(1, 1_000_000)
    Watcher.objects.bulk_create(
        [
            rows.watcher(number, 1_000_000, from_header=first.from_header, rlsubs_did=str(number))
            for number in range(1, 2001)
        ]
    )
    columns = ", ".join(
        "id + 2000 * n" if column == "id" else "id || '-' || n" if column == "rlsubs_did" else column
        for column in COLUMNS
    )
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into rls_watchers ({names}) select {columns} from rls_watchers, generate_series(1, 49) n"
        )
        cursor.execute("analyze rls_watchers")
    assert Watcher.objects.count() == MANY
    for query in (
        "limit=50",
        f"limit=50&after={MANY - 60}",
        f"watcher={first.watcher_username}@example.test&limit=50",
    ):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(operator.get(f"subscriptions?{query}").body["results"]) == 50
        assert len(captured) <= IDENTITY
        (statement,) = [each["sql"] for each in captured if 'FROM "rls_watchers"' in each["sql"]]
        assert "COUNT" not in statement
        with connection.cursor() as cursor:
            cursor.execute(f"explain {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Seq Scan" not in plan


@pytest.mark.parametrize("path", ["lists", "services", "subscribers", "subscriptions"])
def test_number_of_queries_does_not_depend_on_the_rows(operator: Api, path: str) -> None:
    rows.fill(watchers=30)
    for number, subscriber in enumerate(Subscriber.objects.order_by("pk")):
        uri = f"sip:l{number}@x.test"
        Document.objects.create(
            username=subscriber.username,
            domain=subscriber.domain,
            doc_type=8,
            doc=services(inline(uri)),
        ).service_uris.create(uri=uri)
    with CaptureQueriesContext(connection) as captured:
        assert operator.get(path).status == 200
    assert len(captured) <= IDENTITY + 1

"""Operators have lists read again after changes by SQL."""

from __future__ import annotations

import psycopg
import pytest

from tests.django.api.client import Api
from tests.django.database import connect_sync
from tests.django.xcap.documents import inline, services
from xcap.models import Document, ServiceUri

pytestmark = pytest.mark.django_db(transaction=True)


def listening() -> psycopg.Connection[tuple[object, ...]]:
    connection = connect_sync()
    connection.execute("listen rls_lists")
    return connection


def heard(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    return [each.payload for each in connection.notifies(timeout=60, stop_after=1)]


def test_services_of_a_user_are_found_anew(transactional_db: None, alice: Api, operator: Api) -> None:
    row = Document.objects.create(
        username="alice",
        domain="example.test",
        doc_type=8,
        doc=services(inline("sip:a@example.test")),
        etag="e",
    )
    with listening() as connection:
        answer = operator.post("update-subscriptions", {"owner": "alice@example.test"})
        assert (answer.status, answer.body) == (202, {"documents": 1})
        assert heard(connection) == [str(row.pk)]
    assert list(ServiceUri.objects.values_list("uri", flat=True)) == ["sip:a@example.test"]


def test_all_lists(transactional_db: None, operator: Api) -> None:
    with listening() as connection:
        answer = operator.post("update-subscriptions", {})
        assert (answer.status, answer.body) == (202, {"documents": None})
        assert heard(connection) == ["all"]


def test_unknown_user_and_bad_document_are_told(transactional_db: None, alice: Api, operator: Api) -> None:
    assert operator.post("update-subscriptions", {"owner": "nobody@example.test"}).status == 404
    Document.objects.create(username="alice", domain="example.test", doc_type=8, doc=b"<x", etag="e")
    assert operator.post("update-subscriptions", {"owner": "alice@example.test"}).status == 409

"""How many statements a request for a document costs: exact, unlike times."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends

INDEX = path_of("resource-lists")
ENTRY = f"{INDEX}/~~/resource-lists/list/entry%5B@uri=%22sip:friend0@example.test%22%5D"
READ = 1
WRITTEN = 3
"""Lock, read, and write with the history and the news of it."""
pytestmark = pytest.mark.usefixtures("alice")


@pytest.fixture(autouse=True)
def _nobody_is_asked_who_they_are(settings: Settings) -> None:
    settings.RLS_XCAP_AUTH = ["none"]


@pytest.mark.parametrize("entries", [1, 100])
@pytest.mark.parametrize(
    ("method", "target", "cost"),
    [
        ("GET", INDEX, READ),
        ("GET", ENTRY, READ),
        ("PUT", INDEX, WRITTEN),
        ("PUT", ENTRY, WRITTEN),
        ("DELETE", ENTRY, WRITTEN),
    ],
)
def test_a_request_costs_the_same_few_statements_however_long_the_list(
    method: str, target: str, cost: int, entries: int
) -> None:
    client = XcapClient()
    uris = [f"sip:friend{number}@example.test" for number in range(entries)]
    assert client.put(INDEX, friends(*uris)).status_code == 201
    new = (
        b'<entry uri="sip:friend0@example.test"><display-name>F</display-name></entry>'
        if "~~" in target
        else friends("sip:new@example.test")
    )
    ask = {"GET": client.get, "DELETE": client.delete, "PUT": lambda target: client.put(target, new)}
    with CaptureQueriesContext(connection) as captured:
        assert ask[method](target).status_code == 200
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == cost, statements  # begin and commit are savepoints in a test

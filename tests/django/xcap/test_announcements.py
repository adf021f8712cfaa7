"""What the SIP workers hear of a change, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.django.database import connect_sync
from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends, inline, services
from xcap import store
from xcap.announcing import announce
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import RESOURCE_LISTS

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """Hears what PostgreSQL tells on commit, as a SIP worker does."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection
        for channel in ("rls_lists", "xcap_documents"):
            connection.execute(f"listen {channel}")

    def heard(self) -> list[str]:
        """Payloads since the last call, documents as numbers and trees as URIs."""
        self._connection.execute("select pg_notify('rls_lists', 'end')")
        payloads: list[str] = []
        for each in self._connection.notifies(timeout=60):
            if each.payload == "end":
                return payloads
            payloads.append(each.payload)
        raise AssertionError("PostgreSQL is silent")


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Listener]:
    with connect_sync() as connection:
        yield Listener(connection)


ALICE = "sip:alice@example.test"


@pytest.mark.req("X-F8")
def test_new_and_changed_documents_are_announced(put: Put, worker: Listener) -> None:
    number = str(put("rls-services", services()).pk)
    assert worker.heard() == [number, ALICE]
    put("rls-services", services(inline("sip:list@example.test")))
    assert worker.heard() == [number, ALICE]


@pytest.mark.req("X-C7")
def test_new_list_for_everybody_is_announced_by_its_name(worker: Listener) -> None:
    document = DocumentSelector("resource-lists", None, "company")
    number = str(store.put(RESOURCE_LISTS, document, friends())[0].pk)
    assert worker.heard() == [number, "global", "resource-lists/global/company"]
    store.put(RESOURCE_LISTS, document, friends("sip:bob@example.test"))
    store.delete(RESOURCE_LISTS, document)
    assert worker.heard() == [number, "global", number, "global"]


def test_equal_body_is_not_announced(put: Put, worker: Listener) -> None:
    put("rls-services", services())
    worker.heard()
    put("rls-services", services())
    assert worker.heard() == []


def test_deleted_document_is_announced(put: Put, worker: Listener) -> None:
    document = put("rls-services", services())
    number = str(document.pk)
    worker.heard()
    store.delete(document.usage, document.selector)
    assert worker.heard() == [number, ALICE]


def test_long_user_names_can_be_announced(worker: Listener) -> None:
    announce(Xui("ü" * 5000, "example.test"))
    [tree] = worker.heard()
    assert tree.startswith("sip:üüü")


def test_new_resource_lists_are_announced_by_the_name_under_which_services_wait_for_them(
    put: Put, worker: Listener
) -> None:
    lists = str(put("resource-lists", friends()).pk)
    assert worker.heard() == [lists, ALICE, f"resource-lists/users/{ALICE}/index"]
    put("resource-lists", friends("sip:bob@example.test"))
    assert worker.heard() == [lists, ALICE]


def test_changed_parts_are_announced_and_refused_ones_are_not(put: Put, worker: Listener) -> None:
    number = str(put("rls-services", services(inline("sip:list@example.test"))).pk)
    worker.heard()
    target = f"{path_of('rls-services')}/~~/rls-services/service"
    assert XcapClient().put(f"{target}/list", b"<list/>").status_code == 200
    assert worker.heard() == [number, ALICE]
    assert XcapClient().put(f"{target}/list", b"<list/>").status_code == 200
    assert XcapClient().put(f"{target}/list", b"<other/>").status_code == 409
    assert worker.heard() == []
    assert XcapClient().delete(target).status_code == 200
    assert worker.heard() == [number, ALICE]

"""What the SIP workers hear of a change, in the transaction of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends, inline, services
from xcap import store
from xcap.announcing import announce
from xcap.selectors import Xui

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    numbers: list[int] = []
    monkeypatch.setattr(store, "list_changed", numbers.append)
    return numbers


@pytest.mark.req("X-O5")
@pytest.mark.req("X-F8")
def test_new_and_changed_documents_are_announced(put: Put, announced: list[int]) -> None:
    number = put("rls-services", services()).pk
    put("rls-services", services(inline("sip:list@example.test")))
    assert announced == [number, number]


def test_equal_body_is_not_announced(put: Put, announced: list[int]) -> None:
    put("rls-services", services())
    announced.clear()
    put("rls-services", services())
    assert announced == []


def test_deleted_document_is_announced(put: Put, announced: list[int]) -> None:
    document = put("rls-services", services())
    announced.clear()
    store.delete(document.usage, document.selector)
    assert announced == [document.pk]


def test_every_change_tells_whose_documents_it_was(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    trees: list[str] = []
    monkeypatch.setattr(store, "announce", lambda owner: trees.append(str(owner)))
    document = put("rls-services", services())
    put("rls-services", services())
    put("resource-lists", friends())
    store.delete(document.usage, document.selector)
    assert trees == ["sip:alice@example.test"] * 3


def test_long_user_names_can_be_announced(db: None) -> None:
    announce(Xui("ü" * 5000, "example.test"))


def test_new_resource_lists_are_announced_by_the_services_that_may_wait_for_them(
    put: Put, announced: list[int]
) -> None:
    waiting = put("rls-services", services()).pk
    announced.clear()
    assert announced == [] and put("resource-lists", friends()).pk in announced
    assert waiting in announced


def test_changed_parts_are_announced_and_refused_ones_are_not(put: Put, announced: list[int]) -> None:
    number = put("rls-services", services(inline("sip:list@example.test"))).pk
    announced.clear()
    target = f"{path_of('rls-services')}/~~/rls-services/service"
    assert XcapClient().put(f"{target}/list", b"<list/>").status_code == 200
    assert XcapClient().put(f"{target}/list", b"<list/>").status_code == 200
    assert XcapClient().put(f"{target}/list", b"<other/>").status_code == 409
    assert XcapClient().delete(target).status_code == 200
    assert announced == [number, number]

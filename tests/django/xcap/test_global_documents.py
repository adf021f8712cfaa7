"""The tree that belongs to nobody: super users write it, everybody reads it (RFC 4825 section 5.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from tests.django.xcap.client import XcapClient, path_of, send
from tests.django.xcap.documents import friends, lists, pointing, services
from tests.django.xcap.test_concurrent_writers import at_once
from xcap import store
from xcap.lookup import resolve
from xcap.resolution import ResolvedService
from xcap.selectors import DocumentSelector
from xcap.usages import RESOURCE_LISTS

if TYPE_CHECKING:
    from rls.models import Subscriber
    from tests.django.xcap.conftest import Put, Subscribe

COMPANY = "/xcap-root/resource-lists/global/company"
SERVICE = "sip:list@example.test"
BOB = "sip:bob@example.test"


@pytest.fixture
def root(alice: Subscriber, subscribe: Subscribe, settings: Settings) -> XcapClient:
    """A super user."""
    subscribe("root@example.test")
    settings.RLS_XCAP_SUPER_USERS = ["root@example.test"]
    return XcapClient("root")


@pytest.mark.req("X-C7", "X-I10", "X-G2", "X-F9")
def test_super_users_write_and_everybody_with_an_account_reads(root: XcapClient) -> None:
    assert XcapClient().get(COMPANY).status_code == 404
    created = root.put(COMPANY, friends())
    assert created.status_code == 201
    element = f"{COMPANY}/~~/resource-lists/list/entry%5B@uri=%22{BOB}%22%5D"
    added = root.put(element, f'<entry uri="{BOB}"/>'.encode(), If_Match=created["ETag"])
    assert added.status_code == 201
    seen = XcapClient().get(COMPANY)
    assert (seen.status_code, seen.content, seen["ETag"]) == (200, friends(BOB), added["ETag"])
    assert send("GET", COMPANY).status_code == 401
    for refused in (XcapClient().put(COMPANY, friends()), XcapClient().delete(COMPANY)):
        assert refused.status_code == 403
    assert [root.delete(COMPANY).status_code for _ in "12"] == [200, 404]


@pytest.mark.req("X-A12", "X-E1", "X-I11")
def test_global_tree_has_no_directories_and_not_every_usage_has_one(root: XcapClient) -> None:
    refused = root.put("/xcap-root/resource-lists/global/folder/company", friends())
    assert (refused.status_code, b"/xcap-root/resource-lists/global/</ancestor>" in refused.content) == (
        409,
        True,
    )
    target = "/xcap-root/pidf-manipulation/global/index"
    assert root.request("PUT", target, b"<a/>", content_type="application/pidf+xml").status_code == 404


@pytest.mark.req("X-H10")
def test_global_documents_are_checked_as_all_others(root: XcapClient) -> None:
    refused = root.put(COMPANY, friends(BOB, BOB))
    assert (refused.status_code, b"<uniqueness-failure" in refused.content) == (409, True)


def test_history_names_the_tree(root: XcapClient) -> None:
    from xcap.models import Document, Version

    root.put(COMPANY, friends())
    root.put(COMPANY, friends(BOB))
    assert str(Document.objects.get()) == "resource-lists/global/company"
    assert {version.name for version in Version.objects.all()} == {"resource-lists/global/company"}
    assert Version.objects.latest("pk").selector == DocumentSelector("resource-lists", None, "company")


def entries() -> list[str]:
    service = resolve([SERVICE])[SERVICE]
    assert isinstance(service, ResolvedService)
    return [entry.uri for entry in service.flat.entries]


@pytest.mark.req("X-K10")
def test_lists_of_users_refer_to_global_ones(root: XcapClient, put: Put, settings: Settings) -> None:
    whole = f"http://127.0.0.1{COMPANY}/~~/resource-lists/list%5B1%5D"
    one = f"resource-lists/global/company/~~/resource-lists/list/entry%5B@uri=%22{BOB}%22%5D"
    own = f"http://127.0.0.1{path_of('resource-lists')}/~~/resource-lists/list"
    settings.RLS_ENTRY_REFS = "own"
    put("resource-lists", lists(f'<list><external anchor="{whole}"/><entry-ref ref="{one}"/></list>'))
    put("rls-services", services(pointing(SERVICE, own)))
    root.put(COMPANY, friends(BOB, "sip:claire@example.test"))
    assert entries() == [BOB, "sip:claire@example.test"]
    root.put(COMPANY, friends(BOB))
    assert entries() == [BOB]


@pytest.mark.req("X-K5")
def test_service_of_a_user_does_not_point_to_a_global_list(root: XcapClient) -> None:
    whole = f"http://127.0.0.1{COMPANY}/~~/resource-lists/list"
    refused = XcapClient().put(path_of("rls-services"), services(pointing(SERVICE, whole)))
    assert (refused.status_code, b"<constraint-failure" in refused.content) == (409, True)


# -- at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("X-E33", "X-C7")
def test_of_two_writers_one_wins(transactional_db: None, root: XcapClient) -> None:
    bodies = [friends(f"sip:{name}@example.test") for name in ("bob", "claire")]

    def writers(**headers: str) -> list[int]:
        return at_once(
            *((lambda body=body: root.put(COMPANY, body, **headers).status_code) for body in bodies)
        )

    assert writers(If_None_Match="*") == [201, 412]
    etag = root.put(COMPANY, friends())["ETag"]
    assert writers(If_Match=etag) == [200, 412]
    assert root.get(COMPANY).content in bodies


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("X-E33", "X-C7")
def test_nothing_is_lost_when_many_write_parts(transactional_db: None, root: XcapClient) -> None:
    root.put(COMPANY, friends())
    names = [f"sip:{number}@example.test" for number in range(6)]

    def insert(entry: str) -> int:
        target = f"{COMPANY}/~~/resource-lists/list/entry%5B@uri=%22{entry}%22%5D"
        return root.put(target, f'<entry uri="{entry}"/>'.encode()).status_code

    assert at_once(*((lambda name=name: insert(name)) for name in names)) == [201] * 6
    stored = store.find(RESOURCE_LISTS, DocumentSelector("resource-lists", None, "company"))
    assert stored is not None and all(f'"{name}"'.encode() in bytes(stored.doc) for name in names)

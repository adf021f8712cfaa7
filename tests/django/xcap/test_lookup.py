from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from rls.domain.lists import UnresolvableReference
from rls.store.asking import Asking, ask
from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import LISTS_ROOT, friends, inline, lists, pointing, services
from xcap.lookup import resolve, resolving
from xcap.resolution import ResolvedService

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put, Subscribe

LIST = "sip:list@example.test"
FRIENDS = f"{LISTS_ROOT}/sip:alice@example.test/index/~~/resource-lists/list%5B@name=%22friends%22%5D"


def entries(uri: str) -> list[str]:
    service = resolve([uri])[uri]
    assert isinstance(service, ResolvedService)
    return [entry.uri for entry in service.flat.entries]


@pytest.mark.req("R4826-4.5-1")
@pytest.mark.parametrize(
    "uri", ["sip:%6cist@EXAMPLE.test", "sip:list@example.test;transport=tcp;pres-list=rcs"]
)
def test_service_is_found_by_its_canonical_uri(put: Put, uri: str) -> None:
    put("rls-services", services(inline(LIST, "bob@example.test")))
    assert entries(uri) == ["sip:bob@example.test"]


def test_uri_of_no_service_is_no_list(put: Put) -> None:
    put("rls-services", services(inline(LIST)))
    assert resolve(["sip:bob@example.test", "not a uri"]) == {"sip:bob@example.test": None, "not a uri": None}


@pytest.mark.req("R4826-4.4.7-1")
def test_services_of_other_documents_than_index_are_not_served(put: Put) -> None:
    put("rls-services", services(inline(LIST, "bob@example.test")), path="other")
    assert resolve([LIST]) == {LIST: None}


@pytest.mark.req("R4826-4.1-2")
def test_list_in_the_resource_lists_of_the_owner_is_followed(put: Put) -> None:
    rls = put("rls-services", services(pointing(LIST, FRIENDS)))
    own = put("resource-lists", friends("sip:bob@example.test"))
    service = resolve([LIST])[LIST]
    assert isinstance(service, ResolvedService)
    assert [entry.uri for entry in service.flat.entries] == ["sip:bob@example.test"]
    assert service.documents == {rls.pk, own.pk}
    assert service.owner == "alice@example.test"


@pytest.mark.req("R4826-4.4.8-1")
def test_changed_resource_list_is_seen_at_once(put: Put) -> None:
    put("rls-services", services(pointing(LIST, FRIENDS)))
    put("resource-lists", friends("sip:bob@example.test"))
    assert entries(LIST) == ["sip:bob@example.test"]
    put("resource-lists", friends("sip:claire@example.test"))
    assert entries(LIST) == ["sip:claire@example.test"]


@pytest.mark.req("R4826-4.5-4")
def test_missing_list_is_unresolvable_until_it_comes(put: Put) -> None:
    rls = put("rls-services", services(pointing(LIST, FRIENDS)))
    broken = resolve([LIST])[LIST]
    assert isinstance(broken, UnresolvableReference)
    assert broken.documents == {rls.pk, "resource-lists/users/sip:alice@example.test/index"}
    put("resource-lists", friends("sip:bob@example.test"))
    assert entries(LIST) == ["sip:bob@example.test"]


@pytest.mark.req("R4826-3.1-1")
def test_references_stay_in_the_document_and_are_resolved_when_asked(put: Put, subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    ref = "resource-lists/users/sip:bob@example.test/index/~~/resource-lists/list/entry"
    own = lists(f'<list name="friends"><entry-ref ref="{ref}"/></list>')
    put("resource-lists", own)
    put("rls-services", services(pointing(LIST, FRIENDS)))
    put("resource-lists", friends("sip:dan@example.test"), owner="bob@example.test")
    assert entries(LIST) == ["sip:dan@example.test"]
    put("resource-lists", friends("sip:eve@example.test"), owner="bob@example.test")
    assert entries(LIST) == ["sip:eve@example.test"]
    stored = XcapClient().get(path_of("resource-lists")).content
    assert ref in stored.decode()


@pytest.mark.req("R4826-3.1-2")
def test_references_are_percent_encoded(put: Put, subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    put("resource-lists", friends("sip:dan@example.test"), owner="bob@example.test")
    document = "resource-lists/users/sip%3Abob%40example.test/index"
    ref = f"{document}/~~/resource-lists/list%5b@name=%22friends%22%5d/entry"
    put("resource-lists", lists(f'<list name="friends"><entry-ref ref="{ref}"/></list>'))
    put("rls-services", services(pointing(LIST, FRIENDS)))
    assert entries(LIST) == ["sip:dan@example.test"]


@pytest.mark.req("R4826-4.5-7")
def test_entry_ref_is_resolved_against_the_root(put: Put, subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    put("resource-lists", friends("sip:dan@example.test"), owner="bob@example.test")
    ref = "resource-lists/users/sip:bob@example.test/index/~~/resource-lists/list/entry"
    put("resource-lists", lists(f'<list name="friends"><entry-ref ref="{ref}"/></list>'))
    put("rls-services", services(pointing(LIST, FRIENDS)))
    assert entries(LIST) == ["sip:dan@example.test"]


@pytest.mark.req("R4826-3.1-1", "X-J5", "X-D10")
def test_reference_is_followed_by_who_asks_for_the_list_and_not_by_who_stores_it(
    put: Put, subscribe: Subscribe
) -> None:
    subscribe("bob@example.test")
    ref = "resource-lists/users/sip:bob@example.test/index/~~/resource-lists/list/entry"
    stored = lists(f'<list name="friends"><entry-ref ref="{ref}"/></list>')
    put("resource-lists", stored)
    put("rls-services", services(pointing(LIST, FRIENDS)))
    assert isinstance(resolve([LIST])[LIST], UnresolvableReference)
    for entry in ("sip:dan@example.test", "sip:eve@example.test"):
        put("resource-lists", friends(entry), owner="bob@example.test")
        assert entries(LIST) == [entry]
    assert XcapClient().get(path_of("resource-lists")).content == stored


BOB = "bob@example.test"
STRANGER = "bob@other.test"


@pytest.mark.req("R4826-4.5-7")
@pytest.mark.parametrize(("whose", "followed"), [("own", []), ("domain", [BOB]), ("anyone", [BOB, STRANGER])])
@pytest.mark.parametrize("other", [BOB, STRANGER])
def test_entry_ref_leads_to_users_that_the_setting_names(
    put: Put, subscribe: Subscribe, settings: Settings, whose: str, followed: list[str], other: str
) -> None:
    settings.RLS_ENTRY_REFS = whose
    ref = f"resource-lists/users/sip:{other}/index/~~/resource-lists/list/entry"
    rls = put(
        "rls-services", services(f'<service uri="{LIST}"><list><rl:entry-ref ref="{ref}"/></list></service>')
    )
    before = resolve([LIST])[LIST]
    subscribe(other)
    put("resource-lists", friends("sip:dan@example.test"), owner=other)
    if other in followed:
        assert entries(LIST) == ["sip:dan@example.test"]
        return
    refused = resolve([LIST])[LIST]
    assert isinstance(refused, UnresolvableReference) and isinstance(before, UnresolvableReference)
    assert str(refused) == str(before) == f"RLS_ENTRY_REFS={whose} does not allow {ref}"
    assert refused.documents == {rls.pk}, "what is there is not watched either"


@pytest.mark.req("R4826-4.5-7")
@pytest.mark.parametrize("whose", ["own", "domain", "anyone"])
def test_entry_ref_may_always_lead_to_other_documents_of_the_owner(
    put: Put, settings: Settings, whose: str
) -> None:
    settings.RLS_ENTRY_REFS = whose
    ref = "resource-lists/users/sip:alice@example.test/phone/~~/resource-lists/list/entry"
    put("resource-lists", lists(f'<list name="friends"><entry-ref ref="{ref}"/></list>'))
    put("resource-lists", friends("sip:dan@example.test"), path="phone")
    put("rls-services", services(pointing(LIST, FRIENDS)))
    assert entries(LIST) == ["sip:dan@example.test"]


@pytest.mark.req("R4826-4.1-3")
def test_resource_list_is_not_followed_below_the_root_as_an_entry_ref_is(
    put: Put, subscribe: Subscribe, settings: Settings
) -> None:
    """XCAP refuses such a document, another program that writes to the database may not."""
    settings.RLS_ENTRY_REFS = "anyone"
    subscribe(BOB)
    put("resource-lists", friends("sip:dan@example.test"), owner=BOB)
    rls = put("rls-services", services(pointing(LIST, FRIENDS)))
    rls.doc = services(pointing(LIST, f"resource-lists/users/sip:{BOB}/index/~~/resource-lists/list"))
    rls.etag = "other"
    rls.save()
    assert isinstance(resolve([LIST])[LIST], UnresolvableReference)


@pytest.mark.req("R4826-4.1-3")
def test_external_list_of_another_user_is_refused(put: Put, subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    put("resource-lists", friends("sip:dan@example.test"), owner="bob@example.test")
    anchor = FRIENDS.replace("alice", "bob")
    put("resource-lists", lists(f'<list name="friends"><external anchor="{anchor}"/></list>'))
    put("rls-services", services(pointing(LIST, FRIENDS)))
    assert isinstance(resolve([LIST])[LIST], UnresolvableReference)


def queries(uris: list[str]) -> int:
    """How many a look-up takes."""
    count = 0

    def counting() -> Asking[None]:
        nonlocal count
        asking = resolving(uris)
        with suppress(StopIteration):
            query = next(asking)
            while True:
                count += 1
                query = asking.send((yield query))

    ask(counting())
    return count


def test_many_lists_cost_few_queries(put: Put, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    uris = [f"sip:list-{n}@example.test" for n in range(20)]
    put("rls-services", services(*(pointing(uri, FRIENDS) for uri in uris)))
    put("resource-lists", friends("sip:bob@example.test"))
    with django_assert_num_queries(0):  # what Django's models would ask comes on top
        assert queries(uris) == 3  # services, lists they point to, lists in lists
        assert queries(uris) == 2  # the lists have not changed
    assert all(isinstance(service, ResolvedService) for service in resolve(uris).values())


def test_inline_lists_cost_one_query_once_known(
    put: Put, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    put("rls-services", services(inline(LIST, "bob@example.test")))
    with django_assert_num_queries(0):
        assert (queries([LIST]), queries([LIST])) == (2, 1)
    assert entries(LIST) == ["sip:bob@example.test"]


def test_deleted_service_is_no_list(put: Put) -> None:
    from xcap import store

    document = put("rls-services", services(inline(LIST, "bob@example.test")))
    assert entries(LIST) == ["sip:bob@example.test"]
    store.delete(document.usage, document.selector)
    assert resolve([LIST]) == {LIST: None}

"""Lists in lists, and what they look like to a watcher."""

from __future__ import annotations

import pytest

from rls.domain.lists import Entry, FlatList, NotFetched, UnresolvableReference
from rls.store.asking import Asking, ask, at_hand
from sipworker.engine.layout import Layout, Refused, Sublist, layout_of
from xcap.nesting import DEPTH, nested
from xcap.resolution import Resolution, ResolvedService

BOB, EVE = "sip:bob@x.test", "sip:eve@x.test"


def uri(name: str) -> str:
    return f"sip:{name}@lists.test"


def service(name: str, *members: str, packages: frozenset[str] | None = None) -> ResolvedService:
    flat = FlatList((), tuple(Entry(member, member) for member in members))
    return ResolvedService(uri(name), f"{name}@x.test", packages, flat, frozenset({hash(name)}), "")


class Index:
    """Services by URI; remembers what was looked up."""

    def __init__(self, *services: ResolvedService) -> None:
        self.services: dict[str, Resolution] = {each.uri: each for each in services}
        self.asked: list[set[str]] = []

    def __call__(self, wanted: set[str]) -> Asking[dict[str, Resolution]]:
        self.asked.append(wanted)
        return at_hand({form: self.services[form] for form in wanted & self.services.keys()})

    def resolve(self, name: str, newest: int = 1, limit: int = 1000) -> Resolution:
        return ask(nested({uri(name): self.services[uri(name)]}, newest, self, limit))[uri(name)]


def layout(found: Resolution, *, flatten: bool = False, refused: str = "") -> Layout:
    assert isinstance(found, ResolvedService)
    return layout_of(found, "presence", lambda inner: inner.owner != refused, flatten=flatten)


def test_list_without_lists_is_asked_about_once_until_services_are_added() -> None:
    index = Index(service("plain", BOB, EVE))
    assert layout(index.resolve("plain")).members is None
    index.resolve("plain")
    assert len(index.asked) == 1
    index.resolve("plain", newest=2)
    assert len(index.asked) == 2


@pytest.mark.req("R4662-4-3")
def test_member_that_is_a_list_is_one_in_the_layout() -> None:
    index = Index(service("top", BOB, uri("in")), service("in", EVE, BOB))
    found = layout(index.resolve("top"))
    assert found.members == (BOB, Sublist(uri("in"), (), (), (EVE, BOB)))
    assert list(found.entries) == [BOB, EVE]
    flat = layout(index.resolve("top"), flatten=True)
    assert (flat.members, list(flat.entries)) == (None, [BOB, EVE])


def test_it_rests_on_the_documents_of_all_lists_in_it() -> None:
    found = Index(service("t", uri("i")), service("i", BOB)).resolve("t")
    assert isinstance(found, ResolvedService)
    assert found.documents == {hash("t"), hash("i")}
    assert found.size() == 2


@pytest.mark.req("R4662-7.4-1")
def test_circle_is_cut() -> None:
    found = layout(Index(service("p", uri("q")), service("q", uri("p"), BOB)).resolve("p"))
    assert found.members == (Sublist(uri("q"), (), (), (Refused(uri("p"), (), "noresource"), BOB)),)


def test_depth_and_size_are_bounded() -> None:
    chain = [service(f"c{level}", uri(f"c{level + 1}"), BOB) for level in range(DEPTH + 5)]
    depth, member = 0, layout(Index(*chain).resolve("c0")).members
    while member and isinstance(member[0], Sublist):
        depth, member = depth + 1, member[0].members
    assert depth < DEPTH + 1
    doubling = [
        service(f"d{level}", uri(f"d{level + 1}"), uri(f"d{level + 1}") + ";user=x") for level in range(9)
    ]
    assert isinstance(Index(*doubling).resolve("d0", limit=5), UnresolvableReference)


def test_lists_that_are_not_open_or_not_of_the_package_are_refused() -> None:
    other = service("other", BOB, packages=frozenset({"dialog"}))
    index = Index(service("mine", uri("other"), uri("closed")), other, service("closed", BOB))
    found = layout(index.resolve("mine"), refused="closed@x.test")
    assert found.members == (Refused(uri("other"), (), "noresource"), Refused(uri("closed"), (), "rejected"))
    assert not layout(index.resolve("mine"), flatten=True, refused="closed@x.test").entries


def test_list_that_has_to_be_fetched_first_says_so() -> None:
    index = Index(service("outer", uri("far")))
    index.services[uri("far")] = NotFetched("http://x/")
    assert isinstance(index.resolve("outer"), NotFetched)

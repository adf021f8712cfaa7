"""Whose back ends get which filters of a watcher (RFC 4660 section 4)."""

from __future__ import annotations

import pytest
from lxml import etree

from rls.domain.filters import NAMESPACE, FilterSet, InvalidFilter

LIST, BOB, CAROL = (f"sip:{name}@example.test" for name in ("friends", "bob", "carol"))
WHAT = '<what><include type="xpath">/p:presence/p:tuple</include></what>'
BINDINGS = '<ns-bindings><ns-binding prefix="p" urn="urn:ietf:params:xml:ns:pidf"/></ns-bindings>'


def document(*filters: str, package: str = "presence") -> bytes:
    return (
        f'<?xml version="1.0"?><filter-set xmlns="{NAMESPACE}" package="{package}">'
        f"{BINDINGS}{''.join(filters)}</filter-set>"
    ).encode()


def of(name: str, attributes: str = "", content: str = WHAT) -> str:
    return f'<filter id="{name}" {attributes}>{content}</filter>'


def read(*filters: str) -> FilterSet:
    return FilterSet.read(document(*filters), "presence")


def got(filters: FilterSet, uri: str) -> list[str]:
    """The ids of what a back end gets."""
    text = filters.for_resource(uri, LIST, (BOB, CAROL))
    if not text:
        return []
    root = etree.fromstring(text)
    assert root.get("package") == "presence"
    assert root[0].tag == f"{{{NAMESPACE}}}ns-bindings"
    return [str(element.get("id")) for element in root[1:]]


@pytest.mark.req("R4660-4.1-1")
@pytest.mark.parametrize("attributes", ["", f'uri="{LIST}"'])
def test_a_filter_of_the_list_is_for_everybody(attributes: str) -> None:
    filters = read(of("1", attributes))
    assert got(filters, BOB) == got(filters, CAROL) == ["1"]
    assert "uri=" not in filters.for_resource(BOB, LIST, (BOB, CAROL))


@pytest.mark.req("R4660-4.1-2")
def test_a_filter_of_one_resource_is_for_it_alone() -> None:
    filters = read(of("1", 'uri="sip:bob@Example.test"'))
    assert got(filters, BOB) == ["1"]
    assert got(filters, CAROL) == []
    assert "/p:presence/p:tuple" in filters.for_resource(BOB, LIST, (BOB, CAROL))


@pytest.mark.req("R4660-4.1-3")
def test_a_filter_of_who_is_not_listed_is_handed_on_unless_it_is_ours() -> None:
    filters = read(of("far", 'uri="sip:dave@elsewhere.test"'), of("near", 'uri="sip:dave@example.test"'))
    assert got(filters, BOB) == got(filters, CAROL) == ["far"]


@pytest.mark.req("R4660-4.1-4")
def test_a_filter_of_a_domain_is_for_everybody_as_it_is() -> None:
    filters = read(of("1", 'domain="elsewhere.test"'))
    assert got(filters, BOB) == ["1"]
    assert 'domain="elsewhere.test"' in filters.for_resource(BOB, LIST, (BOB, CAROL))


@pytest.mark.req("R4660-4.1-5", "R4660-5.4-1")
@pytest.mark.parametrize(
    "body",
    [
        document(of("1", f'uri="{BOB}"'), of("2", 'uri="sip:bob@EXAMPLE.test"')),
        document(of("1", 'domain="a.test"'), of("2", 'domain="A.test"')),
        document(of("1"), of("2")),
        document(of("1", f'uri="{BOB}"'), of("1")),
        document(of("")),
        document(of("1", content="")),
        document(of("1", f'uri="{BOB}" domain="a.test"')),
        document(of("1", 'uri="mailto:x"')),
        document(of("1", 'remove="perhaps"')),
        document(of("1"), package="dialog"),
        document(*(of(str(number), f'uri="sip:{number}@a.test"') for number in range(101))),
        b"<filter-set/>",
        b"no XML",
    ],
)
def test_filters_that_nobody_could_use_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidFilter):
        FilterSet.read(body, "presence")


@pytest.mark.req("R4660-4.2-1")
def test_an_update_replaces_adds_and_removes() -> None:
    before = read(of("1", f'uri="{BOB}"'), of("2"))
    after = before.after(
        read(of("1", f'uri="{CAROL}"'), of("2", 'remove="true"', ""), of("3", 'domain="a.test"'))
    )
    assert got(after, BOB) == ["3"]
    assert got(after, CAROL) == ["1", "3"]
    assert got(after.after(FilterSet()), CAROL) == ["1", "3"]
    with pytest.raises(InvalidFilter, match="subject"):
        after.after(read(of("4", f'uri="{CAROL}"')))


def test_updates_do_not_add_up_to_more_than_one_document_may_have() -> None:
    first, second = (
        read(*(of(str(number), f'uri="sip:{number}@a.test"') for number in numbers))
        for numbers in (range(60), range(50, 110))
    )
    with pytest.raises(InvalidFilter, match="more than"):
        first.after(second)


def test_what_is_stored_is_read_again() -> None:
    filters = read(of("1", f'uri="{BOB}"'), of("2", 'enabled="false"', ""))
    assert FilterSet.stored(filters.document()) == filters
    assert FilterSet.stored(FilterSet().document()) == FilterSet()

"""Edits change the bytes that they are about and no others."""

from __future__ import annotations

import pytest
from lxml import etree

from xcap.documents.splice import Splices

DOCUMENT = b"""<?xml version="1.0"?>
<!-- mine --><a xmlns:p='urn:p'
   name = 'x>1' p:name="name='no'">
\t<b/>
\t<!-- between --><c>two</c>
</a>
"""


def edited(document: bytes, *edits: tuple[str, ...]) -> bytes:
    """Each edit: a method of Splices, the path of an element, further arguments."""
    splices = Splices(document)
    for method, path, *arguments in edits:
        element = splices.root.find(path)
        assert element is not None
        getattr(splices, method)(element, *(each.encode() if "<" in each else each for each in arguments))
    return splices.result()


def test_no_edit_gives_the_same_bytes() -> None:
    assert Splices(DOCUMENT).result() == DOCUMENT


def test_removed_element_takes_the_space_before_it_along() -> None:
    assert edited(DOCUMENT, ("remove", "b")) == DOCUMENT.replace(b"\n\t<b/>", b"")
    assert edited(DOCUMENT, ("remove", "c")) == DOCUMENT.replace(b"<c>two</c>", b"")


def test_attribute_is_found_among_values_that_look_like_it() -> None:
    assert edited(DOCUMENT, ("set_attribute", ".", "name", "y")) == DOCUMENT.replace(b"'x>1'", b'"y"')


def test_new_attribute_stands_last_and_is_escaped() -> None:
    splices = Splices(b"<a><b c='1' /></a>")
    splices.set_attribute(splices.root[0], "x", '"<&\n')
    assert splices.result() == b"<a><b c='1' x='\"&lt;&amp;&#10;' /></a>"


def test_attribute_is_taken_away() -> None:
    splices = Splices(b"<a x='1' y='2'/>")
    splices.set_attribute(splices.root, "x", None)
    assert splices.result() == b"<a y='2'/>"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"<a/>", b"<a><n/></a>"),
        (b"<a></a>", b"<a><n/></a>"),
        (b"<a x='/>' />", b"<a x='/>' ><n/></a>"),
        (b"<a>\n</a>", b"<a><n/>\n</a>"),
        (b"<a>\n  <b/>\n</a>", b"<a>\n  <n/>\n  <b/>\n</a>"),
    ],
)
def test_first_child(document: bytes, expected: bytes) -> None:
    assert edited(document, ("insert", ".", "<n/>")) == expected


def test_first_child_of_an_empty_element_is_indented_as_its_parent_and_more() -> None:
    assert edited(b"<a>\n\t<b/>\n</a>", ("insert", "b", "<n/>"), ("insert", "b", "<m/>")) == (
        b"<a>\n\t<b>\n\t\t<n/>\n\t\t<m/>\n\t</b>\n</a>"
    )


def test_siblings_come_in_the_order_of_the_calls() -> None:
    splices = Splices(DOCUMENT)
    after = splices.root[0]
    for xml in (b"<x/>", b"<y/>"):
        splices.insert(splices.root, xml, after)
    assert splices.result() == DOCUMENT.replace(b"<b/>", b"<b/>\n\t<x/>\n\t<y/>")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"<a><c>two</c></a>", b"<a><c>&lt;3&#13;</c></a>"),
        (b"<a><c y='1'/></a>", b"<a><c y='1'>&lt;3&#13;</c></a>"),
    ],
)
def test_text_is_replaced(document: bytes, expected: bytes) -> None:
    splices = Splices(document)
    splices.set_text(splices.root[0], "<3\r")
    assert splices.result() == expected


def test_long_documents_cost_little() -> None:
    document = b"<a>%s</a>" % b"".join(b"\n  <b n='%d'/>" % number for number in range(20_000))
    splices = Splices(document)
    for element in list(splices.root)[::2]:
        splices.remove(element)
    assert len(etree.fromstring(splices.result())) == 10_000

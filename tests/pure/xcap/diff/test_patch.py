"""Patches of documents: RFC 5874 section 3 with the operations of RFC 5261."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.pure.xcap.diff.applying import apply, seen
from xcap.diff import patch
from xcap.diff.patch import operations

LISTS = """<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
 <list name="friends">
  {}
 </list>
</resource-lists>"""


def lists(*names: str, attributes: str = "") -> bytes:
    entries = "\n  ".join(
        f'<entry uri="sip:{name}@example.com"{attributes}><display-name>{name}</display-name></entry>'
        for name in names
    )
    return LISTS.format(entries).encode()


texts = st.text(st.sampled_from("ab <&\n\r"), max_size=3)
names = st.sampled_from(["a", "b", "p:a", "q:b"])
attributes = st.dictionaries(
    st.sampled_from(["name", "uri", "id", "x", "p:x", "q:x", "xml:lang"]), texts, max_size=3
)


@st.composite
def nodes(draw: st.DrawFn, depth: int = 3) -> str:
    kind = draw(st.sampled_from(["element"] * 8 + ["comment", "instruction"]))
    if kind == "comment":
        return "<!--c-->" if draw(st.booleans()) else "<!-- d -->"
    if kind == "instruction":
        return "<?go on?>"
    name = draw(names)
    given_attributes = "".join(f' {key}="{_escaped(value)}"' for key, value in draw(attributes).items())
    declaration = draw(st.sampled_from(["", "", "", ' xmlns="urn:d"', ' xmlns=""', ' xmlns:p="urn:other"']))
    inner = draw(content(depth - 1)) if depth else ""
    return f"<{name}{declaration}{given_attributes}>{inner}</{name}>"


@st.composite
def content(draw: st.DrawFn, depth: int) -> str:
    pieces = [_escaped(draw(texts))]
    for child in draw(st.lists(nodes(depth), max_size=4)):
        pieces += [child, _escaped(draw(texts))]
    return "".join(pieces)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    name = draw(st.sampled_from(["root"] * 5 + ["p:root"]))
    default = draw(st.sampled_from([' xmlns="urn:d"'] * 4 + [""]))
    return f'<{name}{default} xmlns:p="urn:p" xmlns:q="urn:q">{draw(content(2))}</{name}>'.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "&#10;").replace("\r", "&#13;")


@given(documents(), documents())
def test_a_patch_makes_the_new_document_of_the_old(old: bytes, new: bytes) -> None:
    patched = operations(old, new)
    assert patched is not None
    assert seen(apply(old, patched)) == seen(etree.fromstring(new))


@given(st.permutations(["bob", "carol", "dave", "eve"]), st.integers(0, 4), st.integers(0, 4))
def test_entries_that_come_go_and_move_are_patched(order: list[str], old: int, new: int) -> None:
    before, after = lists("bob", "carol", "dave", "eve"[:old]), lists(*order[:new])
    patched = operations(before, after)
    assert patched is not None
    assert seen(apply(before, patched)) == seen(etree.fromstring(after))


@given(documents())
def test_an_equal_document_needs_no_operation(document: bytes) -> None:
    assert operations(document, document) == []


def test_a_new_entry_is_one_operation() -> None:
    patched = operations(lists("bob", "carol"), lists("bob", "dave", "carol"))
    assert patched is not None and len(patched) == 1
    assert patched[0].startswith('<add sel="*/*[1]/*[2]" pos="before"><entry xmlns="urn:ietf:params:xml')


def test_a_changed_name_is_one_operation() -> None:
    old = lists("bob")
    assert operations(old, old.replace(b">bob<", b">Bob<")) == [
        '<replace sel="*/*[1]/*[1]/*[1]/text()[1]">Bob</replace>'
    ]


@pytest.mark.parametrize(
    ("old", "new", "operation"),
    [
        ("", ' x="1"', '<add sel="*/*[1]/*[1]" type="@x">1</add>'),
        (' x="1"', ' x="2"', '<replace sel="*/*[1]/*[1]/@x">2</replace>'),
        (' x="1"', ' x=""', '<replace sel="*/*[1]/*[1]/@x"/>'),
        (' x="1"', "", '<remove sel="*/*[1]/*[1]/@x"/>'),
        ("", ' xml:lang="de"', '<add sel="*/*[1]/*[1]" type="@xml:lang">de</add>'),
    ],
)
def test_attributes_are_patched_alone(old: str, new: str, operation: str) -> None:
    assert operations(lists("bob", attributes=old), lists("bob", attributes=new)) == [operation]


def test_another_root_replaces_the_whole() -> None:
    assert operations(b"<a/>", b"<b/>") == ['<replace sel="*"><b xmlns=""/></replace>']


@pytest.mark.parametrize("document", [b"<a>", b"", b"<a>" + b" " * patch.LARGEST + b"</a>"])
def test_what_cannot_be_compared_gets_no_patch(document: bytes) -> None:
    assert operations(document, b"<a/>") is None
    assert operations(b"<a/>", document) is None

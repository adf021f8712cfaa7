"""Every list has a path that leads back to it, and a node selector that XCAP understands."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.pure.xcap.surroundings import RL
from xcap.documents.list_path import LIST, ListPath, NoSuchList, walk
from xcap.selectors import parse_node_selector, select

names = st.one_of(
    st.none(),
    st.sampled_from(["", ".", "..", "~", "a/b", "~p1", 'x"y', "<&'", "~:", "~."]),
    st.text("ab~/.", max_size=3),
)
trees: st.SearchStrategy[tuple[str | None, list[object]]] = st.recursive(
    st.builds(lambda name: (name, []), names),
    lambda inner: st.tuples(names, st.lists(inner, max_size=4)),
    max_leaves=8,
)


def build(parent: etree._Element, children: list[tuple[str | None, list[object]]]) -> None:
    for name, inner in children:
        element = etree.SubElement(parent, LIST, {} if name is None else {"name": name})
        build(element, inner)  # type: ignore[arg-type]


@given(st.lists(trees, max_size=4), st.sampled_from(["index", "family", "a~b/c"]))
def test_path_leads_back(children: list[tuple[str | None, list[object]]], document: str) -> None:
    root = etree.Element(f"{{{RL}}}resource-lists")
    build(root, children)
    found = list(walk(root, document))
    assert [element for _, element in found] == list(root.iter(LIST))
    for path, element in found:
        assert "/" not in str(path)
        assert ListPath.parse(str(path)) == path
        assert path.locate(root) is element
        selector = parse_node_selector(unquote(path.node_selector()), default_namespace=RL)
        assert select(root, selector) is element


@pytest.mark.parametrize("text", ["", "~", "~:", "a~.", "a~2", "~p0", "a~p1"])
def test_what_is_no_path_leads_nowhere(text: str) -> None:
    with pytest.raises(NoSuchList):
        ListPath.parse(text).locate(
            etree.fromstring(f'<resource-lists xmlns="{RL}"><list name="a"/></resource-lists>')
        )

"""GET(PUT(x)) = x on documents of any shape, and nobody else's byte changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.pure.xcap.components.parts import delete, get, put
from xcap.errors import Conflict
from xcap.selectors import NoMatch

_between = st.sampled_from(
    ["", " ", "\n\t", "text", "é&amp;", "<!-- <a/> -->", "<?p <b?>", "<![CDATA[<a>]]>"]
)
_attributes = st.sampled_from(["", " k='1'", ' k="/>"', "\n k = '&quot;'", " p:k='x' xmlns:p='urn:p'"])
_names = st.sampled_from(["a", "b", "p:c xmlns:p='urn:p'"])


def _element(name: str, attributes: str, children: list[str]) -> str:
    if "xmlns:p" in name:
        attributes = ""
    if not children:
        return f"<{name}{attributes} />"
    return f"<{name}{attributes}>{''.join(children)}</{name.split()[0]} >"


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(_element, _names, _attributes, st.lists(_between | inner, max_size=5))


elements = st.recursive(st.builds(_element, _names, _attributes, st.just([])), _nested, max_leaves=12)
roots = st.builds(
    lambda before, children, after: f"{before}<r>{''.join(children)}</r>{after}",
    st.sampled_from(["", '<?xml version="1.0" encoding="utf-8"?>\n', "<!-- x -->"]),
    st.lists(_between | elements, max_size=6),
    st.sampled_from(["", "\n", "<!-- y -->"]),
)


def _paths(document: str) -> list[str]:
    """Positional selectors of all elements but the root."""
    root = etree.fromstring(document.encode())
    tree = root.getroottree()
    return ["r" + _path(tree.getelementpath(element)) for element in root.iter("*") if element is not root]


def _path(path: str) -> str:
    return "/" + "/".join(step if step.endswith("]") else f"{step}[1]" for step in path.split("/"))


def _selectable(path: str) -> tuple[str, str]:
    return path.replace("{urn:p}", "p:"), "xmlns(p=urn:p)"


@pytest.mark.req("X-E10")
@pytest.mark.req("X-C17")
@pytest.mark.req("X-D2")
@pytest.mark.req("X-D10")
@pytest.mark.req("X-P8")
@given(roots, elements, st.data())
def test_replaced_element_comes_back_and_the_rest_stays(
    document: str, body: str, data: st.DataObject
) -> None:
    if not (paths := _paths(document)):
        return
    node, query = _selectable(data.draw(st.sampled_from(paths)))
    old = get(document, node, query)
    try:
        changed = put(document, node, body, query)
    except Conflict as refused:
        assert refused.element == "cannot-insert"
        return
    assert get(changed, node, query) == body
    assert put(changed, node, body, query) == changed
    assert put(changed, node, old, query) == document


@pytest.mark.req("X-E10")
@pytest.mark.req("X-E21")
@pytest.mark.req("X-F5")
@given(roots, elements, st.integers(1, 7), st.sampled_from(["*", "a", "b"]))
def test_inserted_element_comes_back_and_goes_without_a_trace(
    document: str, body: str, position: int, name: str
) -> None:
    node = f"r/{name}[{position}]"
    try:
        get(document, node)
    except NoMatch:
        try:
            changed = put(document, node, body)
        except Conflict as refused:
            assert refused.element == "cannot-insert"
            return
        assert get(changed, node) == body
        assert delete(changed, node) == document

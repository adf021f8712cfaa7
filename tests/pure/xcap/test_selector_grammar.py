"""Selectors of the grammar (RFC 4825 section 6.3) against a reader of our own: what they find, and that
any of them is answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xcap.selectors import NoMatch, parse_node_selector, select

DOCUMENT = etree.fromstring(
    "<a><b k='1'/><!-- --><b k='2'><a/><c k='1'/><c/></b><c k=\"it's\"><b/><b k='2'/></c><b/></a>"
)
_steps = st.tuples(
    st.sampled_from(["a", "b", "c", "*"]),
    st.none() | st.integers(0, 4),
    st.none() | st.tuples(st.sampled_from(["k", "x"]), st.sampled_from(["1", "2", "it's", ""])),
)


def _text(step: tuple[str, int | None, tuple[str, str] | None]) -> str:
    name, position, attribute = step
    predicate = "" if attribute is None else f'[@{attribute[0]}="{attribute[1]}"]'
    return f"{name}{'' if position is None else f'[{position}]'}{predicate}"


@pytest.mark.req("X-B1")
@pytest.mark.req("X-B3")
@pytest.mark.req("X-B5")
@pytest.mark.req("X-B8")
@given(st.lists(_steps, min_size=1, max_size=4))
def test_selector_finds_what_xpath_finds_step_by_step(steps: list) -> None:  # type: ignore[type-arg]
    text = "/".join(map(_text, steps))
    found: list[etree._Element] = []
    for number, step in enumerate(steps):
        found = DOCUMENT.xpath(f"/{_text(step)}") if number == 0 else found[0].xpath(f"./{_text(step)}")
        if len(found) != 1:
            break
    selector = parse_node_selector(text, default_namespace="")
    if len(found) == 1:
        assert select(DOCUMENT, selector) is found[0]
    else:
        with pytest.raises(NoMatch):
            select(DOCUMENT, selector)

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xcap.components import read
from xcap.documents.spans import element_spans
from xcap.selectors import NoMatch, parse_node_selector
from xcap.selectors.pointer import pointer

DOCUMENT = b"""\xef\xbb\xbf<?xml version="1.0"?>
<!-- <a/> --><a x='1 > 0' xmlns:p="urn:p"><b /><c y="/>">\xc3\xa9<b>two</b ></c> <p:d></p:d
></a>
"""


@pytest.mark.req("X-D2")
@pytest.mark.req("X-D3")
@pytest.mark.parametrize(
    ("ordinal", "expected"),
    [
        (1, "<b />"),
        (2, '<c y="/>">é<b>two</b ></c>'),
        (3, "<b>two</b >"),
        (4, "<p:d></p:d\n>"),
    ],
)
def test_element_is_found_in_the_bytes(ordinal: int, expected: str) -> None:
    assert DOCUMENT[element_spans(DOCUMENT)[ordinal].whole].decode() == expected


def test_whole_root_without_what_surrounds_it() -> None:
    span = element_spans(DOCUMENT)[0].whole
    assert (DOCUMENT[span][:2], DOCUMENT[span][-4:]) == (b"<a", b"</a>")


def test_fragment_by_selector() -> None:
    selector = parse_node_selector("a/c/b", default_namespace="")
    assert read(DOCUMENT.removeprefix(b"\xef\xbb\xbf"), selector) == b"<b>two</b >"


def test_fragment_of_a_malformed_document_is_no_match() -> None:
    with pytest.raises(NoMatch):
        read(b"<a>", parse_node_selector("a", default_namespace=""))


names = st.sampled_from(["a", "b", "list"])
trees = st.recursive(
    st.builds(lambda name: f"<{name} k='>'/>", names),
    lambda inner: st.builds(
        lambda name, body: f"<{name}> {' x '.join(body)}</{name}>", names, st.lists(inner)
    ),
    max_leaves=12,
)


@given(trees)
def test_every_element_is_cut_out_whole(text: str) -> None:
    body = text.encode()
    for ordinal, element in enumerate(etree.fromstring(body).iter()):
        cut = etree.fromstring(body[element_spans(body)[ordinal].whole])
        assert etree.tostring(cut) == etree.tostring(element, with_tail=False)


@pytest.mark.req("X-H10", "R4825-6.3-1")
def test_pointer_names_the_attribute_from_the_root() -> None:
    root = etree.fromstring("<a xmlns='urn:a' xmlns:b='urn:b'><c/><c><b:d uri='x'/></c></a>")
    assert pointer(root[1][0], "uri", "urn:a") == "a/c%5B2%5D/n1:d%5B1%5D/@uri?xmlns(n1=urn:b)"

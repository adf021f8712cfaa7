import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.xcap.components.parts import get, put, refused_put
from xcap.components.bodies import attribute_value, one_element
from xcap.errors import Conflict

DOCUMENT = '<a x="1"><b/></a>'


@pytest.mark.req("X-E6")
@pytest.mark.req("X-E34")
@pytest.mark.req("X-H4")
@pytest.mark.req("X-P9")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text",
        b"<b>",
        b"</b>",
        b"</a><a>",
        b"<b/><b/>",
        b"<b/>text",
        b"text<b/>",
        b"<b/><!-- c -->",
        b"<!-- c --><b/>",
        b"<?xml version='1.0'?><b/>",
        b"<!DOCTYPE b [<!ENTITY e 'x'>]><b>&e;</b>",
        b"<b>&e;</b>",
        b"<b>\x01</b>",
        b"<b x='1' x='2'/>",
        b"<p:b/>",
        b"<b>" * 70 + b"</b>" * 70,
    ],
)
def test_what_is_not_one_element_is_no_fragment(body: bytes) -> None:
    assert refused_put(DOCUMENT, "a/b", body).element == "not-xml-frag"
    assert refused_put(DOCUMENT, "a/*[2]", body).element == "not-xml-frag"


@pytest.mark.req("X-E6")
def test_white_space_around_an_element_is_not_stored() -> None:
    assert put(DOCUMENT, "a/b", " <b> </b>\r\n") == '<a x="1"><b> </b></a>'


@pytest.mark.req("X-E6")
@pytest.mark.req("X-E7")
@pytest.mark.req("X-H13")
@pytest.mark.parametrize(("node", "body"), [("a/b", b"<b>\xe9</b>"), ("a/@x", b'"\xff"')])
def test_other_encodings_are_refused(node: str, body: bytes) -> None:
    assert refused_put(DOCUMENT, node, body).element == "not-utf-8"


@pytest.mark.req("X-E7")
@pytest.mark.req("X-H7")
@pytest.mark.parametrize(
    "body",
    [b"<", b"a<b", b"a & b", b"&nbsp;", b'"a', b"'a\"", b'"a"b"', b'"a" b', b'"<"', b"&#0;", b'"\x01"'],
)
def test_what_is_no_attribute_value_is_refused(body: bytes) -> None:
    assert refused_put(DOCUMENT, "a/@x", body).element == "not-xml-att-value"
    assert refused_put(DOCUMENT, "a/@new", body).element == "not-xml-att-value"


@pytest.mark.req("X-E7")
@pytest.mark.req("X-D4")
@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ('"sip:bob@example.test"', '"sip:bob@example.test"'),
        ("sip:bob@example.test", '"sip:bob@example.test"'),
        ("'a\"b'", "'a\"b'"),
        ('a"b', "'a\"b'"),
        ("it's", '"it\'s"'),
        ("a\"b'c", '"a&quot;b\'c"'),
        (' "a"\n', '"a"'),
        ("&lt;&#x41;&amp;", '"&lt;&#x41;&amp;"'),
        ("", '""'),
    ],
)
def test_attribute_values_come_with_quotes_and_without(body: str, stored: str) -> None:
    document = put(DOCUMENT, "a/@x", body)
    assert document == f"<a x={stored}><b/></a>"
    assert get(document, "a/@x") == stored[1:-1]
    assert get(document, "a/@x", quoted=True) == stored


@given(st.binary() | st.binary().map(lambda inner: b"<a>" + inner + b"</a>"))
def test_any_body_is_taken_or_refused(body: bytes) -> None:
    for check in (one_element, attribute_value):
        try:
            assert check(body)
        except Conflict as refused:
            assert refused.body()

import pytest

from tests.pure.xcap.components.parts import delete, get, put, refused_put
from xcap.selectors import NoMatch

NS = "urn:x"


@pytest.mark.req("X-E8")
@pytest.mark.req("X-C17")
@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<a/>", '<a new="1"/>'),
        ("<a />", '<a new="1" />'),
        ("<a></a>", '<a new="1"></a>'),
        ("<a\n x = 'y>'\n>t</a>", "<a\n x = 'y>' new=\"1\"\n>t</a>"),
        ("<a xmlns:p='u'/>", "<a xmlns:p='u' new=\"1\"/>"),
        ("<a\tnew='/'/>", '<a\tnew="1"/>'),
    ],
)
def test_attribute_is_written_into_the_start_tag(document: str, expected: str) -> None:
    assert put(document, "a/@new", "1") == expected
    assert put(expected, "a/@new", "1") == expected


@pytest.mark.req("X-B15")
@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('<a xmlns:q="urn:x"/>', '<a xmlns:q="urn:x" q:n="1"/>'),
        ('<a xmlns:q="urn:x" q:n="0" n="2"/>', '<a xmlns:q="urn:x" q:n="1" n="2"/>'),
        ('<a xmlns:ns1="urn:y"/>', '<a xmlns:ns1="urn:y" xmlns:ns2="urn:x" ns2:n="1"/>'),
    ],
)
def test_attribute_of_a_namespace_takes_the_prefix_of_the_document(document: str, expected: str) -> None:
    assert put(document, "a/@p:n", "1", f"xmlns(p={NS})") == expected
    assert get(expected, "a/@p:n", f"xmlns(p={NS})") == "1"


@pytest.mark.req("X-B15")
def test_attribute_without_prefix_is_in_no_namespace() -> None:
    document = '<x:a xmlns:x="urn:x" x:n="1"/>'
    with pytest.raises(NoMatch):
        get(document, "a/@n", namespace=NS)
    assert put(document, "a/@n", "2", namespace=NS) == '<x:a xmlns:x="urn:x" x:n="1" n="2"/>'


@pytest.mark.req("X-B15")
def test_language_needs_no_declaration() -> None:
    assert put("<a/>", "a/@xml:lang", "de") == '<a xml:lang="de"/>'


@pytest.mark.req("X-E12")
@pytest.mark.req("X-E10")
def test_key_is_not_renamed_through_itself() -> None:
    document = '<a><b k="old"/></a>'
    assert refused_put(document, 'a/b[@k="old"]/@k', b"new").element == "cannot-insert"
    assert put(document, 'a/b[@k="old"]/@k', "'old'") == "<a><b k='old'/></a>"


@pytest.mark.req("X-E13")
@pytest.mark.parametrize(
    ("node", "body"), [("a/b[1]/@k", "new"), ("a/b", '<b k="new"/>'), ("a", '<a><b k="new"/></a>')]
)
def test_key_is_renamed_by_position_or_with_the_parent(node: str, body: str) -> None:
    assert put('<a><b k="old"/></a>', node, body) == '<a><b k="new"/></a>'


@pytest.mark.req("X-B10")
@pytest.mark.parametrize("document", ["<a/>", '<a xmlns=""/>'])
def test_namespace_declarations_are_no_attributes(document: str) -> None:
    assert refused_put(document, "a/@xmlns", b"urn:x").element == "cannot-insert"
    with pytest.raises(NoMatch):
        get(document, "a/@xmlns")


@pytest.mark.req("X-F2")
@pytest.mark.req("X-F10")
@pytest.mark.parametrize(
    ("document", "node", "expected"),
    [
        ("<a x='1' y='2'/>", "a/@x", "<a y='2'/>"),
        ("<a\n  x = '>'\n/>", "a/@x", "<a\n/>"),
        ('<a><b k="1"/> <b k="2"/></a>', 'a/b[@k="2"]/@k', '<a><b k="1"/> <b/></a>'),
    ],
)
def test_attribute_is_deleted_with_the_white_space_before_it(document: str, node: str, expected: str) -> None:
    assert delete(document, node) == expected


@pytest.mark.req("X-B12")
@pytest.mark.req("X-F2")
@pytest.mark.req("X-D6")
@pytest.mark.parametrize("node", ["a/@none", "b/@x", "a/c/@x", "a/@p:x"])
def test_absent_attribute_is_no_match(node: str) -> None:
    for request in (get, delete):
        with pytest.raises(NoMatch):
            request("<a x='1'><c/><c/></a>", node, "xmlns(p=urn:p)")


@pytest.mark.req("X-D5")
@pytest.mark.req("X-B13")
@pytest.mark.parametrize(
    ("document", "node", "expected"),
    [
        (
            '<rs:a xmlns="urn:b" xmlns:rs="urn:x"><rs:b xmlns:q="urn:&amp;"><c/></rs:b></rs:a>',
            "a/b/namespace::*",
            '<rs:b xmlns="urn:b" xmlns:q="urn:&amp;" xmlns:rs="urn:x"/>',
        ),
        ('<a xmlns="urn:x"><b xmlns="urn:x"/></a>', "a/namespace::*", '<a xmlns="urn:x"/>'),
        ('<x:a xmlns:x="urn:x"><x:b xmlns=""/></x:a>', "a/b/namespace::*", '<x:b xmlns:x="urn:x"/>'),
    ],
)
def test_namespaces_in_scope(document: str, node: str, expected: str) -> None:
    assert get(document, node, namespace=NS) == expected

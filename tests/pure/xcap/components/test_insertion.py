"""Where new elements go (RFC 4825 section 8.2.3)."""

import pytest

from tests.pure.xcap.components.parts import get, put, refused_put

RFC = """<root>
 <el1 att="first"/>
 <el1 att="second"/>
 <!-- comment -->
 <el2 att="first"/>
</root>"""
FIRST, SECOND, EL2 = '<el1 att="first"/>', '<el1 att="second"/>', '<el2 att="first"/>'


@pytest.mark.req("X-E24")
@pytest.mark.req("X-E16")
@pytest.mark.req("X-E17")
@pytest.mark.req("X-E18")
@pytest.mark.req("X-E21")
@pytest.mark.req("X-E22")
@pytest.mark.parametrize(
    ("step", "new", "neighbour"),
    [
        ('el1[@att="third"]', '<el1 att="third"/>', SECOND),
        ('el1[3][@att="third"]', '<el1 att="third"/>', SECOND),
        ("el1[3]", "<el1/>", SECOND),
        ('*[3][@att="third"]', '<el1 att="third"/>', SECOND),
        ('*[3][@att="third"]', '<any att="third"/>', SECOND),
        ('el2[@att="2"]', '<el2 att="2"/>', EL2),
        ('el2[2][@att="2"]', '<el2 att="2"/>', EL2),
        ("*[4]", "<last/>", EL2),
        ('*[2][@att="2"]', '<el2 att="2"/>', FIRST),
    ],
)
def test_element_goes_right_behind_its_neighbour(step: str, new: str, neighbour: str) -> None:
    assert put(RFC, f"root/{step}", new) == RFC.replace(neighbour, neighbour + new)


@pytest.mark.req("X-E19")
@pytest.mark.req("X-E20")
@pytest.mark.req("X-E24")
@pytest.mark.parametrize(
    ("step", "new", "neighbour"),
    [
        ('el2[1][@att="2"]', '<el2 att="2"/>', EL2),
        ('el1[1][@att="0"]', '<el1 att="0"/>', FIRST),
        ('*[1][@att="0"]', '<el2 att="0"/>', FIRST),
    ],
)
def test_first_of_its_kind_goes_right_before_the_others(step: str, new: str, neighbour: str) -> None:
    assert put(RFC, f"root/{step}", new) == RFC.replace(neighbour, new + neighbour)


@pytest.mark.req("X-E14")
@pytest.mark.req("X-E15")
@pytest.mark.req("X-E24")
@pytest.mark.parametrize(
    ("document", "node", "new"),
    [
        (RFC, "root/el3", "<el3/>"),
        (RFC, 'root/el3[@att="3"]', '<el3 att="3"/>'),
        (RFC, "root/el3[1]", "<el3/>"),
        (RFC, 'root/*[@att="4"]', '<el1 att="4"/>'),
        ("<root> <!-- none --> </root>", "root/*", "<any/>"),
        ("<root> <!-- none --> </root>", "root/*[1]", "<any/>"),
        ("<root></root>", "root/a", "<a/>"),
    ],
)
def test_only_one_of_its_kind_goes_before_the_end_tag(document: str, node: str, new: str) -> None:
    assert put(document, node, new) == document.replace("</root>", f"{new}</root>")


@pytest.mark.req("X-E14")
@pytest.mark.parametrize("tag", ["<p:a xmlns:p='u' x='/'/>", "<a\n/>", "<a />", "<a/>"])
def test_empty_tag_is_opened_for_its_first_child(tag: str) -> None:
    opened = put(f"<r>{tag}</r>", "r/*/b", "<b/>")
    name = "p:a" if "p:" in tag else "a"
    assert opened == f"<r>{tag[:-2]}><b/></{name}></r>"


@pytest.mark.req("X-E10")
@pytest.mark.req("X-E11")
@pytest.mark.req("X-E17")
@pytest.mark.req("X-E18")
@pytest.mark.req("X-E32")
@pytest.mark.req("X-B21")
@pytest.mark.req("X-H8")
@pytest.mark.parametrize(
    ("node", "body"),
    [
        ('root/el1[@att="first"]', '<el1 att="other"/>'),
        ("root/el2", "<el3/>"),
        ("root/el1", "<el1/>"),
        ("root/el1[4]", "<el1/>"),
        ("root/el2[3]", "<el2/>"),
        ("root/*[5]", "<el2/>"),
        ("root/el1[0]", "<el1/>"),
        ('root/el1[@att="third"]', '<el1 att="second"/>'),
        ('root/el2[1][@att="2"]', "<el2/>"),
        ("root/*", "<any/>"),
        ("root", "<other/>"),
        ("other", "<other/>"),
        ("root[2]", "<root/>"),
    ],
)
def test_what_the_uri_would_not_give_back_is_not_inserted(node: str, body: str) -> None:
    error = refused_put(RFC, node, body.encode())
    assert (error.element, error.exists, error.ancestor) == ("cannot-insert", (), "")


@pytest.mark.req("X-E31")
@pytest.mark.req("X-E10")
@pytest.mark.parametrize(
    ("node", "body"),
    [
        ('root/el1[@att="third"]', '<el1 att="third"><sub/></el1>'),
        ('root/*[2][@att="2"]', '<el1 att="2"/>'),
        ("root/el1[1]", "<el1/>"),
        ("root", "<root>\n<a/></root>"),
        ("*", '<root xmlns="urn:other"/>'),
    ],
)
def test_second_put_changes_nothing_and_get_gives_the_body(node: str, body: str) -> None:
    once = put(RFC, node, body)
    assert put(once, node, body) == once
    assert get(once, node) == body


@pytest.mark.req("X-E9")
@pytest.mark.req("X-C17")
def test_replacement_takes_the_old_element_wholly_away() -> None:
    document = "<a> <!--x--><b one='1' xmlns:p='u'><p:c/> t </b><?pi?>\r\n</a>"
    assert put(document, "a/b", "<b/>") == "<a> <!--x--><b/><?pi?>\r\n</a>"


@pytest.mark.req("X-E23")
@pytest.mark.req("X-E6")
@pytest.mark.req("X-B23")
def test_prefixes_are_those_of_the_document_and_redundant_declarations_stay() -> None:
    document = '<p:a xmlns:p="urn:p"/>'
    body = '<p:b xmlns:p="urn:p"><p:c/></p:b>'
    assert put(document, "a/b", body, namespace="urn:p") == f'<p:a xmlns:p="urn:p">{body}</p:a>'
    assert put(document, "a/b", "<p:b/>", namespace="urn:p") == '<p:a xmlns:p="urn:p"><p:b/></p:a>'


@pytest.mark.req("X-B22")
def test_same_path_with_other_bindings_is_another_element() -> None:
    document = '<foo><b:bar xmlns:b="urn:b"><x:baz xmlns:x="urn:x"/><y:baz xmlns:y="urn:y"/></b:bar></foo>'
    for name in "xy":
        query = f"xmlns(a=urn:b)xmlns(b=urn:{name})"
        assert get(document, "foo/a:bar/b:baz", query) == f'<{name}:baz xmlns:{name}="urn:{name}"/>'


@pytest.mark.req("X-E2")
@pytest.mark.req("X-E3")
@pytest.mark.req("X-H5")
@pytest.mark.parametrize(
    ("document", "node", "ancestor"),
    [
        (None, "root/a", ""),
        ("<root", "root/a", ""),
        (RFC, "other/a", "index"),
        (RFC, "root/el3/a", "index/~~/root"),
        (RFC, "root/el1/a", "index/~~/root"),
        (RFC, 'root/el2/b[@x="1"]/c', "index/~~/root/el2%5B1%5D"),
        (RFC, "root/el3/@att", "index/~~/root"),
        ("<root><a xmlns='urn:x'/></root>", "root/p:a/b/c", "index/~~/root/n1:a%5B1%5D?xmlns(n1=urn:x)"),
    ],
)
def test_missing_parent_is_reported_with_the_closest_ancestor(
    document: str | None, node: str, ancestor: str
) -> None:
    error = refused_put(document, node, b"<a/>", "xmlns(p=urn:x)")
    assert error.element == "no-parent"
    assert error.ancestor == f"/xcap-root/test/users/sip:alice@example.test/{ancestor}"

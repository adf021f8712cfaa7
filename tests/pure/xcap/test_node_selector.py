import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xcap.selectors import InvalidSelector, NodeSelector, NoMatch, parse_node_selector, select
from xcap.selectors.bindings import parse_bindings

RL = "urn:ietf:params:xml:ns:resource-lists"
DOCUMENT = etree.fromstring(
    f"""<resource-lists xmlns="{RL}" xmlns:x="urn:x"><!-- a comment -->
      <list name="one"><entry uri="sip:a@b"/><entry uri="sip:c@d"/><x:entry uri="other"/></list>
      <list name='a/~~/"b"'/>
      <x:more/>
    </resource-lists>"""
)


def parse(text: str, query: str = "") -> NodeSelector:
    return parse_node_selector(text, default_namespace=RL, bindings=parse_bindings(query))


def found(text: str, query: str = "") -> dict[str, str]:
    element = select(DOCUMENT, parse(text, query))
    return {
        "tag": etree.QName(element).localname,
        **{str(key): str(value) for key, value in element.attrib.items()},
    }


@pytest.mark.req("X-B1")
@pytest.mark.req("X-B2")
@pytest.mark.req("X-B14")
def test_first_step_names_the_root() -> None:
    assert found("resource-lists") == {"tag": "resource-lists"}


@pytest.mark.req("X-B3")
@pytest.mark.req("X-B11")
def test_position_counts_the_elements_of_that_name() -> None:
    assert found("resource-lists/list[1]/entry[2]") == {"tag": "entry", "uri": "sip:c@d"}


@pytest.mark.req("X-B4")
def test_attribute_chooses() -> None:
    assert found('resource-lists/list[@name="one"]/entry[@uri="sip:c@d"]')["uri"] == "sip:c@d"


@pytest.mark.req("X-B5")
@pytest.mark.req("X-B8")
def test_attribute_is_tested_on_the_element_of_that_position() -> None:
    assert found('resource-lists/*[1]/entry[2][@uri="sip:c@d"]')["uri"] == "sip:c@d"
    with pytest.raises(NoMatch):
        found('resource-lists/*[1]/entry[1][@uri="sip:c@d"]')


@pytest.mark.req("X-B6")
def test_wildcard_counts_elements_of_every_name() -> None:
    assert found("*/*[3]") == {"tag": "more"}


@pytest.mark.req("X-B7")
@pytest.mark.parametrize("value", ["""'a/~~/"b"'""", '"a/~~/&quot;b&#x22;"'])
def test_attribute_value_may_hold_anything(value: str) -> None:
    assert found(f"resource-lists/list[@name={value}]")["name"] == 'a/~~/"b"'


@pytest.mark.req("X-B9")
@pytest.mark.req("X-B10")
@pytest.mark.req("X-B21")
@pytest.mark.parametrize(
    "text",
    [
        "resource-lists/list",
        "resource-lists/list[3]",
        "resource-lists/list[0]",
        "list",
        f"resource-lists[@xmlns='{RL}']",
        "resource-lists/list/entry",
    ],
)
def test_none_or_several_is_no_match(text: str) -> None:
    with pytest.raises(NoMatch):
        found(text)


@pytest.mark.req("X-B16")
@pytest.mark.req("X-B17")
@pytest.mark.req("X-B22")
@pytest.mark.parametrize(
    "query", ["xmlns(p=urn:x)", "xmlns(q=urn:q)%20xmlns(p=urn%3Ax)", "xpointer(a)xmlns(p = urn:x)"]
)
def test_prefixes_come_from_the_query(query: str) -> None:
    assert found("resource-lists/list[1]/p:entry", query)["uri"] == "other"


@pytest.mark.req("X-B16")
def test_circumflex_escapes_in_the_query() -> None:
    assert parse_bindings("xmlns(p=urn:^(a^)^^)")["p"] == "urn:(a)^"


@pytest.mark.req("X-B12")
@pytest.mark.req("X-B13")
@pytest.mark.req("X-B15")
def test_attribute_and_namespace_selectors_are_told_apart() -> None:
    attribute = parse("resource-lists/list/@name").attribute
    assert attribute is not None
    assert (attribute.namespace, attribute.local) == (None, "name")
    assert parse("resource-lists/namespace::*").namespaces


@pytest.mark.req("X-B18")
@pytest.mark.req("X-B20")
@pytest.mark.parametrize(
    "text", ["p:list", "", "/", "a//b", "a/", "a[", "a[]", "a[@b=c", 'a[@b="c]', "a]", 'a[@b="&bad;"]']
)
def test_bad_syntax_is_a_bad_request(text: str) -> None:
    with pytest.raises(InvalidSelector) as refused:
        parse(text)
    assert refused.value.status == 400


@pytest.mark.req("X-B19")
@pytest.mark.parametrize("text", ["a/text()", "a[last()]", "a/child::b", 'a[@b="c"][1]'])
def test_unknown_construct_is_not_found(text: str) -> None:
    with pytest.raises(InvalidSelector) as refused:
        parse(text)
    assert refused.value.status == 404


@given(st.text() | st.text("ab:*/[]@=\"'1&;#x~"))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        selector = parse(text)
    except InvalidSelector as refused:
        assert refused.status in (400, 404)
    else:
        assert selector.steps


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters='<&"￾￿')))
def test_every_attribute_value_can_be_selected(value: str) -> None:
    root = etree.Element(f"{{{RL}}}resource-lists")
    wanted = etree.SubElement(root, f"{{{RL}}}list", name=value)
    assert select(root, parse(f'resource-lists/list[@name="{value}"]')) is wanted

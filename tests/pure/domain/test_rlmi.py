from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from rls.domain.rlmi import Instance, MalformedRlmi, Name, Resource, ResourceList, parse, render

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "data" / "rlmi.xsd"))
XML_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"))
NAMES = st.lists(st.builds(Name, XML_TEXT, st.sampled_from([None, "en", "de-CH"])), max_size=2).map(tuple)
INSTANCES = st.builds(
    Instance,
    XML_TEXT,
    st.sampled_from(["active", "pending", "terminated"]),
    st.sampled_from([None, "rejected", 'a"<&>']),
    st.sampled_from([None, "1.2@example.test", "a&b@c"]),
)
URIS = st.text("ab=;&?/.").map("sip:a@b;".__add__)
RESOURCES = st.builds(Resource, URIS, NAMES, st.lists(INSTANCES, max_size=3).map(tuple))
LISTS = st.builds(
    ResourceList,
    URIS,
    st.integers(0, 2**32 - 1),
    st.booleans(),
    NAMES,
    st.lists(RESOURCES, max_size=4).map(tuple),
)


@given(LISTS)
def test_a_document_comes_back_as_it_was(resource_list: ResourceList) -> None:
    assert parse(render(resource_list)) == resource_list


@pytest.mark.req("R4662-5.1-2")
@pytest.mark.req("R4662-5.1-3")
@given(LISTS)
def test_every_document_is_valid_against_the_schema(resource_list: ResourceList) -> None:
    SCHEMA.assertValid(etree.fromstring(render(resource_list)))


@pytest.mark.req("R4662-5.2-1")
@pytest.mark.req("R4662-5.4-1")
@pytest.mark.req("R4662-8.2-1")
def test_the_octets_of_a_document() -> None:
    resource = Resource(
        "sip:b@x",
        (Name("Bö", "de"),),
        (Instance("i1", "active", None, "1@x"), Instance("i2", "terminated", "rejected")),
    )
    assert render(ResourceList("sip:team@x", 0, True, (Name("Team"),), (resource,))).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:team@x" version="0" fullState="true">\n'
        '<name>Team</name><resource uri="sip:b@x"><name xml:lang="de">Bö</name>'
        '<instance id="i1" state="active" cid="1@x"/><instance id="i2" state="terminated" reason="rejected"/>'
        "</resource>\n</list>\n"
    )


@pytest.mark.req("R4662-5.2-5")
def test_the_largest_version_is_plain_decimal() -> None:
    document = render(ResourceList("sip:a@b", 2**32 - 1, False))
    assert b' version="4294967295" fullState="false"' in document


@given(st.text(st.characters()))
def test_no_text_breaks_the_document(text: str) -> None:
    parsed = parse(render(ResourceList(text, 0, True, (Name(text),))))
    assert len(parsed.uri) == len(text)


@pytest.mark.req("R4662-5.2-7")
@pytest.mark.parametrize(("written", "meant"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_full_state_in_all_four_spellings(written: str, meant: bool) -> None:
    document = f'<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:a@b" version="1" fullState="{written}"/>'
    assert parse(document.encode()).full_state is meant


def test_prefixes_and_extensions_of_other_servers_are_read() -> None:
    document = b"""<!-- note --><r:list xmlns:r="urn:ietf:params:xml:ns:rlmi" xmlns:x="urn:x"
        uri="sip:a@b" version=" 7 " fullState="false" x:y="z"><r:name>A</r:name><r:resource uri="sip:c@d">
        <r:instance id="1" state="pending"><x:e/></r:instance></r:resource></r:list>"""
    resource = Resource("sip:c@d", (), (Instance("1", "pending"),))
    assert parse(document) == ResourceList("sip:a@b", 7, False, (Name("A"),), (resource,))


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<list/>",
        '<list xmlns="urn:ietf:params:xml:ns:rlmi" version="1" fullState="true"/>',
        '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="a" version="-1" fullState="true"/>',
        '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="a" version="4294967296" fullState="true"/>',
        '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="a" version="1" fullState="yes"/>',
        '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="a" version="1" fullState="true"><resource/></list>',
        '<!DOCTYPE list><list xmlns="urn:ietf:params:xml:ns:rlmi" uri="a" version="1" fullState="true"/>',
    ],
)
def test_what_is_no_rlmi_is_refused(document: str) -> None:
    with pytest.raises(MalformedRlmi):
        parse(document.encode())


@pytest.mark.req("R4662-5.5-4")
def test_an_instance_in_another_state_than_the_three_is_refused() -> None:
    document = render(ResourceList("a", 0, True, (), (Resource("b", (), (Instance("1", "pending"),)),)))
    with pytest.raises(MalformedRlmi):
        parse(document.replace(b"pending", b"waiting"))


@given(st.binary())
def test_hostile_input_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedRlmi):
        parse(octets)

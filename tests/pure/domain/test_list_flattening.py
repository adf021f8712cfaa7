import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.lists import Entry, Limits, ListTooLong, UnresolvableReference
from rls.domain.rlmi import Name
from tests.pure.domain.flattening import flat, uris

SIP_URIS = st.text("ab", min_size=1, max_size=2).map("sip:{}@x".format)


@pytest.mark.req("X-K10")
@pytest.mark.req("R4826-4.5-5")
def test_the_leaves_of_nested_lists_are_found_in_document_order() -> None:
    content = (
        '<list><rl:entry uri="sip:a@x"/><rl:list><rl:entry uri="sip:b@x"/>'
        '<rl:list><rl:entry uri="sip:c@x"/></rl:list></rl:list><rl:entry uri="sip:d@x"/></list>'
    )
    assert uris(content) == ["sip:a@x", "sip:b@x", "sip:c@x", "sip:d@x"]


@pytest.mark.req("R4826-4.5-6")
@pytest.mark.req("R4662-5.3-1")
@given(st.lists(SIP_URIS))
def test_every_uri_comes_once_at_its_first_place(written: list[str]) -> None:
    entries = "".join(f'<rl:list><rl:entry uri="{uri}"/></rl:list>' for uri in written)
    assert uris(f"<list>{entries}</list>") == list(dict.fromkeys(written))


@pytest.mark.req("R4826-4.5-6")
def test_uris_are_told_apart_by_their_spelling() -> None:
    assert uris(
        '<list><rl:entry uri="sip:a@x"/><rl:entry uri="sip:A@x"/><rl:entry uri="sip:a@X"/></list>'
    ) == [
        "sip:a@x",
        "sip:A@x",
        "sip:a@X",
    ]


@pytest.mark.req("R4826-4.5-6")
def test_entries_that_cannot_be_subscribed_to_are_left_out() -> None:
    content = (
        '<list><rl:entry uri="tel:+441"/><rl:entry uri="mailto:a@x"/><rl:entry/><rl:entry uri=""/>'
        '<rl:entry uri="sip:"/><rl:entry uri="sips:a@x"/></list>'
    )
    assert uris(content) == ["sips:a@x"]


@pytest.mark.req("R4662-5.3-2")
def test_rlmi_gets_the_uri_as_the_list_spells_it_and_the_back_end_a_clean_one() -> None:
    content = '<list><rl:entry uri="sip:Bob@X;method=INVITE?Route=y"/></list>'
    assert flat(content).entries == (Entry("sip:Bob@X;method=INVITE?Route=y", "sip:Bob@X"),)


def test_a_uri_without_scheme_is_a_sip_uri() -> None:
    assert flat('<list><rl:entry uri="bob@opensips.org"/></list>').entries == (
        Entry("sip:bob@opensips.org", "sip:bob@opensips.org"),
    )


@pytest.mark.req("R4826-4.2-1")
@pytest.mark.parametrize(
    "content",
    [
        '<list><rl:entry uri="sip:a@x"/></list>',
        '<rl:list><rl:entry uri="sip:a@x"/></rl:list>',
        '<list><entry uri="sip:a@x"/></list>',
        '<list xmlns=""><entry uri="sip:a@x"/></list>',
    ],
)
def test_both_namespaces_and_none_are_read(content: str) -> None:
    assert uris(content) == ["sip:a@x"]


@pytest.mark.req("R4826-6-1")
def test_extensions_are_ignored() -> None:
    content = (
        '<list><x:entry uri="sip:no@x"/><rl:entry uri="sip:a@x"><x:prop name="n"/></rl:entry><x:list>'
        '<rl:entry uri="sip:hidden@x"/></x:list></list>'
    )
    assert uris(content) == ["sip:a@x"]


@pytest.mark.req("R4826-3.1-3")
@pytest.mark.req("R4662-5.4-2")
def test_display_names_become_names_and_wrong_language_tags_are_dropped() -> None:
    content = (
        '<list><rl:display-name xml:lang="en">Team</rl:display-name><rl:entry uri="sip:a@x">'
        '<rl:display-name xml:lang="no tag"> Anna </rl:display-name></rl:entry>'
        '<rl:entry uri="sip:b@x"><rl:display-name/></rl:entry></list>'
    )
    found = flat(content)
    assert found.names == (Name("Team", "en"),)
    assert [entry.names for entry in found.entries] == [(Name("Anna"),), ()]


def test_too_many_entries_are_refused() -> None:
    content = "<list>" + "".join(f'<rl:entry uri="sip:{number}@x"/>' for number in range(4)) + "</list>"
    assert len(uris(content, limits=Limits(entries=4))) == 4
    with pytest.raises(ListTooLong):
        uris(content, limits=Limits(entries=3))


def test_too_deep_nesting_is_refused() -> None:
    content = "<list>" + "<rl:list>" * 4 + "</rl:list>" * 4 + "</list>"
    assert uris(content, limits=Limits(depth=5)) == []
    with pytest.raises(ListTooLong):
        uris(content, limits=Limits(depth=4))


@pytest.mark.req("R4826-4.1-2")
def test_a_service_without_a_list_cannot_be_resolved() -> None:
    with pytest.raises(UnresolvableReference):
        uris("<packages/>")

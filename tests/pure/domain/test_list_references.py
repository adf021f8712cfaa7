import pytest

from rls.domain.lists import Limits, ListTooLong, UnresolvableReference
from rls.domain.rlmi import Name
from tests.pure.domain.flattening import Store, flat, uris

POINTER = "<resource-list> here </resource-list>"
EXTERNAL = '<list><rl:external anchor="here"/></list>'
REFERENCE = '<list><rl:entry-ref ref="here"/></list>'


@pytest.mark.req("R4826-4.1-2")
def test_a_pointer_gives_the_same_list_as_an_inline_one() -> None:
    store = Store(here='<list><display-name>Far</display-name><entry uri="sip:a@x"/></list>')
    found = flat(POINTER, store)
    assert store.asked == ["here"]
    assert (found.names, [entry.uri for entry in found.entries]) == ((Name("Far"),), ["sip:a@x"])


@pytest.mark.req("R4826-4.5-5")
def test_an_external_list_stands_in_its_place() -> None:
    store = Store(here='<list><entry uri="sip:b@x"/></list>')
    content = '<list><rl:entry uri="sip:a@x"/><rl:external anchor="here"/><rl:entry uri="sip:c@x"/></list>'
    assert uris(content, store) == ["sip:a@x", "sip:b@x", "sip:c@x"]


@pytest.mark.req("R4826-4.5-7")
def test_an_entry_reference_stands_for_its_entry() -> None:
    assert uris(REFERENCE, Store(here='<entry uri="sip:a@x"/>')) == ["sip:a@x"]


@pytest.mark.req("R4826-3.1-3")
def test_the_display_name_of_a_reference_goes_before_that_of_its_entry() -> None:
    store = Store(here='<entry uri="sip:a@x"><display-name>Anna</display-name></entry>')
    named = '<list><rl:entry-ref ref="here"><rl:display-name>Ann</rl:display-name></rl:entry-ref></list>'
    assert [flat(content, store).entries[0].names for content in (REFERENCE, named)] == [
        (Name("Anna"),),
        (Name("Ann"),),
    ]


@pytest.mark.parametrize(
    ("content", "target"),
    [
        pytest.param(POINTER, '<entry uri="sip:a@x"/>', marks=pytest.mark.req("R4826-4.5-4")),
        pytest.param(EXTERNAL, '<entry uri="sip:a@x"/>', marks=pytest.mark.req("R4826-4.5-10")),
        pytest.param(REFERENCE, "<list/>", marks=pytest.mark.req("R4826-4.5-8")),
    ],
)
def test_a_reference_to_another_kind_of_element_is_refused(content: str, target: str) -> None:
    with pytest.raises(UnresolvableReference):
        uris(content, Store(here=target))


@pytest.mark.req("R4826-4.5-4")
@pytest.mark.parametrize(
    "content",
    [
        POINTER,
        EXTERNAL,
        REFERENCE,
        "<resource-list/>",
        "<list><rl:external/></list>",
        "<list><rl:entry-ref/></list>",
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(content: str) -> None:
    with pytest.raises(UnresolvableReference):
        uris(content, Store())


@pytest.mark.req("R4826-4.5-9")
def test_an_external_list_that_names_itself_is_fetched_once() -> None:
    store = Store(here='<list><external anchor="here"/></list>')
    with pytest.raises(UnresolvableReference):
        uris(EXTERNAL, store)
    assert store.asked == ["here"]


@pytest.mark.req("R4826-4.5-9")
def test_a_circle_over_the_pointer_is_found() -> None:
    store = Store(
        here='<list><external anchor="there"/></list>', there='<list><external anchor="here"/></list>'
    )
    with pytest.raises(UnresolvableReference):
        uris(POINTER, store)
    assert store.asked == ["here", "there"]


def test_more_references_than_allowed_are_not_fetched() -> None:
    store = Store(here='<entry uri="sip:a@x"/>')
    content = '<list><rl:entry-ref ref="here"/><rl:entry-ref ref="here"/></list>'
    assert uris(content, store, Limits(references=2)) == ["sip:a@x"]
    with pytest.raises(ListTooLong):
        uris(content, store, Limits(references=1))
    assert len(store.asked) == 3

from dataclasses import replace

import pytest

from tests.pure.xcap.surroundings import accepted, lists, refusal
from xcap.usages import RESOURCE_LISTS

EVERYTHING = """
  <list name="all" x:tone="high">
    <display-name xml:lang="en">All</display-name>
    <entry uri="sip:bob@example.test"><display-name>Bob</display-name><x:note/></entry>
    <list><entry uri="sip:bob@example.test"/></list>
    <list/>
    <external anchor="https://elsewhere.test/resource-lists/users/a/index/~~/resource-lists/list%5b1%5d"/>
    <entry-ref ref="resource-lists/users/sip:bill@example.test/index/~~/resource-lists/list/entry"/>
    <x:extension>anything</x:extension>
  </list>"""


def test_empty_document_is_valid() -> None:
    assert len(accepted(lists(""), RESOURCE_LISTS)) == 0


@pytest.mark.req("X-C15")
@pytest.mark.req("X-J5")
@pytest.mark.req("X-J8")
def test_everything_that_the_grammar_allows_is_valid() -> None:
    assert len(accepted(lists(EVERYTHING), RESOURCE_LISTS)) == 1


@pytest.mark.parametrize(
    "content",
    [
        '<entry uri="sip:a@b"/>',
        "<list><entry/></list>",
        "<list><entry-ref/></list>",
        "<list><unknown/></list>",
        "<list><entry uri='sip:a@b'/><display-name>late</display-name></list>",
        "<list><x:extension/><entry uri='sip:a@b'/></list>",
        "<x:extension/>",
    ],
)
def test_what_the_grammar_does_not_allow_is_invalid(content: str) -> None:
    assert refusal(lists(content), RESOURCE_LISTS).element == "schema-validation-error"


@pytest.mark.req("X-J1")
@pytest.mark.req("X-J2")
@pytest.mark.req("X-J6")
@pytest.mark.parametrize(
    ("content", "field"),
    [
        ('<list name="a"/><list name="a"/>', "resource-lists/list%5B2%5D/@name"),
        (
            '<list><list/><list name="a"/><list name="a"/></list>',
            "resource-lists/list%5B1%5D/list%5B3%5D/@name",
        ),
        (
            '<list><entry uri="sip:a@b"/><entry uri="sip:a@b"/></list>',
            "resource-lists/list%5B1%5D/entry%5B2%5D/@uri",
        ),
        (
            '<list><entry-ref ref="a"/><entry-ref ref="a"/></list>',
            "resource-lists/list%5B1%5D/entry-ref%5B2%5D/@ref",
        ),
        (
            '<list><external anchor="http://a"/><external anchor="http://a"/></list>',
            "resource-lists/list%5B1%5D/external%5B2%5D/@anchor",
        ),
    ],
)
def test_equal_siblings_are_pointed_at(content: str, field: str) -> None:
    error = refusal(lists(content), RESOURCE_LISTS)
    assert (error.element, [exists.field for exists in error.exists]) == ("uniqueness-failure", [field])


@pytest.mark.req("X-J1")
@pytest.mark.req("X-J2")
def test_values_are_compared_as_strings() -> None:
    content = '<list name="a"/><list name="A"/><list/><list/>'
    content += '<list name="b"><entry uri="sip:a@b"/><entry uri="sip:a@B"/></list>'
    assert len(accepted(lists(content), RESOURCE_LISTS)) == 5


@pytest.mark.req("X-J3", "R4826-3.1-2")
@pytest.mark.parametrize("ref", ["http://a/b", "/resource-lists/users/a/index", "sip:a@b", ""])
def test_reference_that_is_not_relative_is_refused(ref: str) -> None:
    error = refusal(lists(f'<list><entry-ref ref="{ref}"/></list>'), RESOURCE_LISTS)
    assert error.element == "constraint-failure"


@pytest.mark.req("X-J4", "R4826-3.1-2")
@pytest.mark.parametrize("anchor", ["", 'anchor="resource-lists/users/a"', 'anchor="ftp://a/b"'])
def test_anchor_that_is_not_absolute_is_refused(anchor: str) -> None:
    assert (
        refusal(lists(f"<list><external {anchor}/></list>"), RESOURCE_LISTS).element == "constraint-failure"
    )


def test_document_full_of_clashes_is_refused_with_the_first_ones_only() -> None:
    entries = '<entry uri="a"/>' * 5000
    assert len(refusal(lists(f"<list>{entries}</list>"), RESOURCE_LISTS).exists) == 20


@pytest.mark.req("X-J7", "R4826-3.1-2")
@pytest.mark.parametrize(
    "reference",
    [
        "<entry-ref ref='resource-lists/users/a@b.c/index/~~/resource-lists/list[@name=\"x\"]/entry'/>",
        "<entry-ref ref='resource-lists/users/a@b.c/my list'/>",
        "<entry-ref ref='resource-lists/users/a@b.c/caf\u00e9'/>",
        "<entry-ref ref='resource-lists/users/a@b.c/100%'/>",
        "<external anchor='http://x.test/xcap-root/resource-lists/users/a@b.c/my list'/>",
    ],
)
def test_reference_that_is_not_percent_encoded_is_refused(reference: str) -> None:
    error = refusal(lists(f"<list>{reference}</list>"), RESOURCE_LISTS)
    # The type anyURI of the schema finds some of them first.
    assert error.element in ("constraint-failure", "schema-validation-error")


@pytest.mark.req("X-J7", "R4826-3.1-2")
def test_what_no_uri_can_hold_is_refused_without_a_schema_too() -> None:
    lax = replace(RESOURCE_LISTS, validation="lax")
    assert "percent-encoded" in refusal(lists("<list><entry-ref ref='a/100%'/></list>"), lax).phrase


@pytest.mark.req("X-J7", "R4826-3.1-2")
def test_brackets_in_a_reference_do_no_harm_to_a_lax_usage() -> None:
    reference = (
        "<entry-ref ref='resource-lists/users/a@b.c/index/~~/resource-lists/list[1]/entry[%40uri=%22b%22]'/>"
    )
    lax = replace(RESOURCE_LISTS, validation="lax")
    assert len(accepted(lists(f"<list>{reference}</list>"), lax)) == 1


@pytest.mark.req("X-A15")
@pytest.mark.parametrize(
    "other", ["sip:bob@EXAMPLE.test", "sip:%62ob@example.test", "sip:bob@example.test;x"]
)
def test_equal_uris_are_two_entries_if_they_are_spelled_differently(other: str) -> None:
    content = f'<list><entry uri="sip:bob@example.test"/><entry uri="{other}"/></list>'
    assert len(accepted(lists(content), RESOURCE_LISTS)[0]) == 2


@pytest.mark.req("X-E25")
@pytest.mark.parametrize(
    ("content", "element"),
    [
        (
            "<list><entry/><entry uri='a'/><entry uri='a'/><entry-ref ref='/b'/></list>",
            "schema-validation-error",
        ),
        ("<list><entry uri='a'/><entry uri='a'/><entry-ref ref='/b'/></list>", "uniqueness-failure"),
        ("<list><entry uri='a'/><entry-ref ref='/b'/></list>", "constraint-failure"),
    ],
)
def test_schema_comes_before_uniqueness_and_that_before_other_constraints(content: str, element: str) -> None:
    assert refusal(lists(content), RESOURCE_LISTS).element == element

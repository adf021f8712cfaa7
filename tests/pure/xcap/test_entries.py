"""Entries of a list change, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.pure.xcap.surroundings import RL, RS, accepted, lists
from xcap.documents.entries import ListEntry, entries, with_entries
from xcap.usages import RESOURCE_LISTS

DOCUMENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="{RL}" xmlns:x="urn:x">
  <list name="friends"><display-name>Friends</display-name>
    <!-- close -->
    <entry uri="sip:bob@a" x:seen="1"><display-name xml:lang="en">Bob</display-name><x:note/></entry>
    <list name="close"><entry uri="sip:eve@a"/></list>
    <!-- far -->
    <entry uri="sip:claire@a"/>
    <entry-ref ref="resource-lists/users/sip:a@b/index/~~/x"/>
    <x:colour>red</x:colour>
  </list>
</resource-lists>
""".encode()
BOB, CLAIRE = ListEntry("sip:bob@a", "Bob"), ListEntry("sip:claire@a")


def first(root: etree._Element) -> etree._Element:
    return root[0]


def test_same_entries_give_the_same_bytes() -> None:
    assert with_entries(DOCUMENT, first, [BOB, CLAIRE]) == DOCUMENT


def test_removed_entry_leaves_all_else() -> None:
    assert with_entries(DOCUMENT, first, [BOB]) == DOCUMENT.replace(b'\n    <entry uri="sip:claire@a"/>', b"")


def test_new_entry_stands_behind_the_one_before_it() -> None:
    dave = ListEntry("sip:dave@a", "D & D")
    written = b'<entry uri="sip:dave@a"><display-name>D &amp; D</display-name></entry>'
    assert with_entries(DOCUMENT, first, [BOB, CLAIRE, dave]) == DOCUMENT.replace(
        b'<entry uri="sip:claire@a"/>', b'<entry uri="sip:claire@a"/>\n    ' + written
    )


def test_new_name_changes_the_name_only() -> None:
    assert with_entries(DOCUMENT, first, [ListEntry(BOB.uri, "Robert"), CLAIRE]) == DOCUMENT.replace(
        b">Bob<", b">Robert<"
    )


def test_name_is_taken_away_and_given() -> None:
    changed = with_entries(DOCUMENT, first, [ListEntry(BOB.uri), ListEntry(CLAIRE.uri, "Claire")])
    assert changed == DOCUMENT.replace(b'<display-name xml:lang="en">Bob</display-name>', b"").replace(
        b'"sip:claire@a"/>', b'"sip:claire@a">\n      <display-name>Claire</display-name>\n    </entry>'
    )


def test_moved_and_renamed_entry_keeps_what_else_is_in_it() -> None:
    changed = with_entries(DOCUMENT, first, [CLAIRE, ListEntry(BOB.uri, "Robert")])
    assert b'x:seen="1"><display-name xml:lang="en">Robert</display-name><x:note/></entry>' in changed
    assert entries(etree.fromstring(changed)[0]) == [CLAIRE, ListEntry(BOB.uri, "Robert")]


def test_first_entry_goes_behind_the_name_of_the_list() -> None:
    changed = with_entries(DOCUMENT, first, [ListEntry("sip:a@a"), BOB, CLAIRE])
    assert changed == DOCUMENT.replace(
        b"Friends</display-name>", b'Friends</display-name><entry uri="sip:a@a"/>'
    )


ODD = lists('<list><entry/><entry uri="sip:a@a"/><entry uri="sip:a@a"><x:y/></entry></list>')


def test_entries_without_a_uri_stay_where_they_are() -> None:
    assert entries(etree.fromstring(ODD)[0]) == [ListEntry("sip:a@a")] * 2
    assert with_entries(ODD, first, []) == lists("<list><entry/></list>")
    assert with_entries(ODD, first, [], keep_nameless=False) == lists("<list></list>")


def test_entry_that_was_empty_gets_a_uri_and_a_name() -> None:
    wanted = [ListEntry("sip:b@a", "B", 0), *entries(etree.fromstring(ODD)[0])]
    written = b'<entry uri="sip:b@a"><display-name>B</display-name></entry>'
    assert with_entries(ODD, first, wanted) == ODD.replace(b"<entry/>", written)


def test_equal_entries_are_told_apart_by_their_places() -> None:
    one, other = entries(etree.fromstring(ODD)[0])
    assert with_entries(ODD, first, [one, other]) == ODD
    assert with_entries(ODD, first, [other]) == lists(
        '<list><entry/><entry uri="sip:a@a"><x:y/></entry></list>'
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (f'<l xmlns="{RL}"><list/></l>', f'<l xmlns="{RL}"><list><entry uri="x"/></list></l>'),
        (
            f'<p:l xmlns:p="{RL}"><p:list/></p:l>',
            f'<p:l xmlns:p="{RL}"><p:list><p:entry uri="x"/></p:list></p:l>',
        ),
        (f'<l xmlns="{RS}"><list/></l>', f'<l xmlns="{RS}"><list><entry xmlns="{RL}" uri="x"/></list></l>'),
        (
            f'<l xmlns="{RS}" xmlns:rl="{RL}"><list/></l>',
            f'<l xmlns="{RS}" xmlns:rl="{RL}"><list><rl:entry uri="x"/></list></l>',
        ),
    ],
)
def test_new_entry_is_written_in_the_names_of_the_document(document: str, expected: str) -> None:
    assert with_entries(document.encode(), first, [ListEntry("x")]) == expected.encode()


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
)
some_entries = st.lists(
    st.builds(ListEntry, st.sampled_from([f"sip:{n}@a" for n in range(9)]), texts.map(str.strip)),
    unique_by=lambda entry: entry.uri,
)


@given(some_entries, some_entries)
def test_any_entries_become_any_others(before: list[ListEntry], after: list[ListEntry]) -> None:
    start = with_entries(lists('<list name="l"><x:y/></list>'), first, before)
    changed = with_entries(start, first, after)
    assert entries(accepted(changed, RESOURCE_LISTS)[0]) == after
    assert b"<x:y/>" in changed

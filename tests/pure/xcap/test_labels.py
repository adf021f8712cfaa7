from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.django.xcap.documents import RL, inline, lists, pointing, services
from xcap.documents import empty, labels
from xcap.documents.entries import ListEntry, entries, with_entries

NESTED = lists(
    '<list name="a/b"><list name="in"/><list/></list><list/><list name="sip:x"/><list name="[1]"/>'
)


def found(document: bytes) -> list[str]:
    return [label for label, _ in labels.labelled(etree.fromstring(document))]


def test_labels_tell_lists_apart() -> None:
    assert found(NESTED) == ["a%2Fb", "a%2Fb/in", "a%2Fb/[2]", "[2]", "sip%3Ax", "%5B1]"]


@pytest.mark.parametrize("label", found(NESTED))
def test_label_leads_back_to_its_list(label: str) -> None:
    root = etree.fromstring(NESTED)
    assert labels.locate(label)(root) is dict(labels.labelled(root))[label]


def test_services_are_found_by_equal_uris() -> None:
    root = etree.fromstring(services(inline("sip:Team@EXAMPLE.test", "sip:b@x.test")))
    assert entries(labels.locate("sip:Team@example.test")(root)) == [ListEntry("sip:b@x.test")]


def test_service_whose_list_stands_elsewhere_says_where() -> None:
    document = services(pointing("sip:a@x.test", "http://h/there"))
    with pytest.raises(labels.NoSuchList, match="elsewhere: http://h/there; change it there"):
        labels.with_list(document, "sip:a@x.test")


@pytest.mark.parametrize("label", ["[3]", "a/[1]", "", "a/"])
def test_list_without_a_name_is_not_created(label: str) -> None:
    with pytest.raises(labels.NoSuchList, match="without a name cannot be created"):
        labels.with_list(lists(""), label)


def test_lists_around_a_new_one_are_created_and_nothing_else_changes() -> None:
    document = lists('<!-- mine --><list name="a"/>\n')
    created = labels.with_list(document, "a/b/c")
    assert found(created) == ["a", "a/b", "a/b/c"]
    assert b"<!-- mine -->" in created


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1).filter(lambda t: t.strip()))
def test_any_name_can_be_created_and_found(name: str) -> None:
    document = lists(f"<list name={etree_quoted(name)}/>")
    (label,) = found(document)
    assert found(labels.with_list(empty.LISTS, label)) == [label]


def etree_quoted(name: str) -> str:
    element = etree.Element("x", a=name)
    return etree.tostring(element, encoding="unicode")[5:-2]


def test_new_service_takes_entries() -> None:
    document = labels.with_list(empty.SERVICES, "sip:team@x.test")
    wanted = [ListEntry("sip:b@x.test", "B & C")]
    written = with_entries(document, labels.locate("sip:team@x.test"), wanted)
    assert b'<rl:entry uri="sip:b@x.test">' in written
    assert entries(labels.locate("sip:team@x.test")(etree.fromstring(written))) == wanted
    assert RL.encode() in written

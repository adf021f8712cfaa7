"""Documents that tell only what changed: the newest one shown always holds everything."""

from __future__ import annotations

import pytest
from lxml import etree

from rls.domain.deltas import Tracker, Verdict
from rls.domain.deltas.documents import heading, renumbered
from rls.domain.deltas.merging import CannotMerge, merged

DIALOG = "application/dialog-info+xml"
SHOW, NEXT, ASK, SKIP = Verdict


def dialog_info(version: int, state: str = "full", **dialogs: str) -> bytes:
    inner = "".join(f'<dialog id="{key}"><state>{value}</state></dialog>' for key, value in dialogs.items())
    return (
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="{state}"'
        f' entity="sip:bob@x">{inner}</dialog-info>'
    ).encode()


def told(body: bytes) -> tuple[str, str, dict[str, str]]:
    """Version, state, and the dialogs with theirs."""
    root = etree.fromstring(body)
    dialogs = {each.attrib["id"]: each.findtext("{*}state", "") for each in root.findall("{*}dialog")}
    return root.attrib["version"], root.attrib["state"], dialogs


class Shown:
    """What a watcher sees of a back end."""

    def __init__(self) -> None:
        self.tracker = Tracker()
        self.body = b""

    def take(self, body: bytes) -> Verdict:
        verdict, shown = self.tracker.take(DIALOG, body, self.body)
        if verdict is SHOW:
            self.body = shown
        return verdict


def shown(*bodies: bytes) -> Shown:
    shown = Shown()
    for body in bodies:
        assert shown.take(body) is SHOW
    return shown


@pytest.mark.req("R4662-4.6-3", "R4235-4.3-1", "R6446-5.4-2")
def test_pieces_are_merged_into_the_whole() -> None:
    pieces = dialog_info(1, "partial", b="early"), dialog_info(2, "partial", a="terminated", c="trying")
    state = shown(dialog_info(0, a="confirmed"), *pieces)
    assert told(state.body) == ("2", "full", {"a": "terminated", "b": "early", "c": "trying"})
    assert state.take(dialog_info(3, "partial", b="confirmed")) is SHOW
    assert told(state.body) == ("3", "full", {"b": "confirmed", "c": "trying"})


def test_a_complete_document_is_passed_on_as_it_came() -> None:
    body = dialog_info(7, a="early")
    assert shown(dialog_info(0), body).body is body


@pytest.mark.req("R4235-4.3-1")
def test_a_gap_asks_for_the_complete_document() -> None:
    state = shown(dialog_info(0, a="early"))
    assert state.take(dialog_info(2, "partial", b="early")) is ASK
    assert state.take(dialog_info(3, a="early", b="early")) is SHOW
    assert state.take(dialog_info(4, "partial", b="confirmed")) is SHOW
    assert told(state.body)[2] == {"a": "early", "b": "confirmed"}


def test_a_piece_without_a_whole_asks_for_it() -> None:
    assert Shown().take(dialog_info(0, "partial", a="early")) is ASK


def test_a_piece_that_is_too_old_is_skipped() -> None:
    state = shown(dialog_info(4, a="early"))
    assert state.take(dialog_info(4, "partial", a="terminated")) is SKIP


@pytest.mark.req("R4235-4.1-1")
def test_numbers_go_on_where_the_back_end_starts_anew() -> None:
    state = shown(dialog_info(8, a="early"))
    state.tracker.restarts()
    assert state.take(dialog_info(0, a="confirmed")) is SHOW
    assert told(state.body) == ("9", "full", {"a": "confirmed"})
    assert state.take(dialog_info(1, "partial", a="terminated")) is SHOW
    assert told(state.body) == ("10", "full", {"a": "terminated"})


def test_the_same_document_once_more_is_no_news() -> None:
    body = dialog_info(8, a="early")
    state = shown(body)
    state.tracker.restarts()
    state.take(dialog_info(0, a="early"))
    assert state.body is body


def test_what_is_known_already_counts_too() -> None:
    """Shown from another subscription of the same user, or read after a restart."""
    state = Shown()
    state.body = dialog_info(5, a="early")
    state.take(dialog_info(0, a="confirmed"))
    assert told(state.body)[0] == "6"


def test_a_piece_is_never_built_upon() -> None:
    state = shown(dialog_info(0))
    state.body = dialog_info(0, "partial", a="early")
    assert state.take(dialog_info(1, "partial", b="early")) is ASK


def test_only_the_number_is_changed() -> None:
    body = b"<?xml version='1.0'?>\n<x:dialog-info\n  state='full' version = '3' xmlns:x='u'/>\r\n"
    assert renumbered(body, 12) == body.replace(b"'3'", b"'12'")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("text/plain", dialog_info(1)), (DIALOG, b"<other/>"), (DIALOG, b"<dialog-info" + b" " * 5000)],
)
def test_other_bodies_are_not_looked_into(content_type: str, body: bytes) -> None:
    assert heading(content_type, body) is None
    assert Tracker().take(content_type, body, b"") == (NEXT, body)


def test_broken_xml_asks_for_the_complete_document() -> None:
    state = shown(dialog_info(0))
    assert state.take(dialog_info(1, "partial") + b"<") is ASK


# -- the other formats


def paths(body: bytes) -> list[str]:
    """Every element with its attributes and text, in order."""
    return [
        f"{etree.QName(each).localname} {' '.join(each.attrib.values())} {(each.text or '').strip()}".strip()
        for each in etree.fromstring(body).iter()
    ]


@pytest.mark.req("R3858-3-1", "R3857-4.3-1")
def test_watchers_are_merged_by_list_and_id() -> None:
    def document(version: int, state: str, *watchers: str) -> bytes:
        inner = "".join(f'<watcher id="{each.split()[0]}" status="{each.split()[1]}"/>' for each in watchers)
        return (
            f'<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="{version}" state="{state}">'
            f'<watcher-list resource="sip:bob@x" package="presence">{inner}</watcher-list></watcherinfo>'
        ).encode()

    first = merged(document(0, "full", "a active", "b pending"), document(1, "partial", "b terminated"), 1)
    assert paths(first)[1:] == [
        "watcher-list sip:bob@x presence", "watcher a active", "watcher b terminated"
    ]  # fmt: skip
    second = merged(first, document(2, "partial", "c active"), 2)
    assert paths(second)[1:] == ["watcher-list sip:bob@x presence", "watcher a active", "watcher c active"]


@pytest.mark.req("R3680-4.4-1")
def test_registrations_are_merged_by_registration_and_contact() -> None:
    def document(version: int, state: str, *contacts: str) -> bytes:
        inner = "".join(
            f'<contact id="{each.split()[0]}" state="{each.split()[1]}"><uri>sip:{each}</uri></contact>'
            for each in contacts
        )
        return (
            f'<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="{version}" state="{state}">'
            f'<registration aor="sip:bob@x" id="r" state="active">{inner}</registration></reginfo>'
        ).encode()

    whole = merged(document(0, "full", "1 active", "2 active"), document(1, "partial", "2 terminated"), 1)
    assert paths(whole)[1:] == [
        "registration sip:bob@x r active",
        "contact 1 active", "uri  sip:1 active", "contact 2 terminated", "uri  sip:2 terminated",
    ]  # fmt: skip
    assert "contact 2 terminated" not in paths(merged(whole, document(2, "partial", "3 active"), 2))


@pytest.mark.req("R4575-3.9-1")
def test_conferences_are_merged_by_the_states_of_their_elements() -> None:
    head = '<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:c@x"'
    base = (
        f'{head} state="full" version="1"><conference-state><user-count>2</user-count></conference-state>'
        '<users><user entity="a"><display-text>A</display-text></user><user entity="b"/></users>'
        "</conference-info>"
    )
    piece = (
        f'{head} state="partial" version="2"><conference-state><user-count>3</user-count></conference-state>'
        '<users state="partial"><user entity="a" state="partial"><roles>x</roles></user>'
        '<user entity="b" state="deleted"/><user entity="c"/></users></conference-info>'
    )
    assert paths(merged(base.encode(), piece.encode(), 2)) == [
        "conference-info sip:c@x full 2", "conference-state", "user-count  3",
        "users", "user a", "display-text  A", "roles  x", "user c",
    ]  # fmt: skip


PIDF = (
    b'<p:pidf-full xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff"'
    b' version="1" entity="sip:bob@x"><tuple id="a"><status><basic>open</basic></status></tuple>'
    b"<note>n</note></p:pidf-full>"
)


def pidf_diff(*operations: str) -> bytes:
    return (
        '<p:pidf-diff xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff"'
        f' version="2" entity="sip:bob@x">{"".join(operations)}</p:pidf-diff>'
    ).encode()


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ('<p:replace sel="presence/tuple/status/basic/text()">closed</p:replace>', "basic  closed"),
        ('<p:replace sel="presence/note"><note>m</note></p:replace>', "note  m"),
        ('<p:replace sel="*/tuple/@id">z</p:replace>', "tuple z"),
        ('<p:add sel="presence/note" pos="before"><tuple id="b"/></p:add>', "tuple b"),
        ('<p:add sel="presence/tuple[@id=\'a\']" type="@x">y</p:add>', "tuple a y"),
        ('<p:add sel="presence"><note>late</note></p:add>', "note  late"),
    ],
)  # fmt: skip
@pytest.mark.req("R5262-3.1-1")
def test_presence_is_patched(operation: str, expected: str) -> None:
    whole = merged(PIDF, pidf_diff(operation), 2)
    assert expected in paths(whole)
    assert paths(whole)[0] == "pidf-full 2 sip:bob@x"


def test_removed_elements_are_gone() -> None:
    assert "note  n" not in paths(merged(PIDF, pidf_diff('<p:remove sel="presence/note"/>'), 2))


@pytest.mark.parametrize(
    "operation",
    [
        '<p:remove sel="presence/nowhere"/>',
        '<p:remove sel="presence"/>',
        '<p:remove sel="//note"/>',
        '<p:remove sel="presence/note[count(//*) > 0]"/>',
        f'<p:remove sel="presence/{"a/" * 400}b"/>',
        "<p:twist/>",
        '<p:add sel="presence" type="namespace::q">u</p:add>',
        '<p:add sel="presence/note" type="@q:x">u</p:add>',
        '<p:add sel="presence/note" type="@">u</p:add>',
        '<p:add sel="presence/note" type="@1 x">u</p:add>',
        '<p:add sel="presence/note" type="@{u}x">u</p:add>',
    ],
)
def test_patches_that_do_not_fit_are_refused(operation: str) -> None:
    with pytest.raises(CannotMerge):
        merged(PIDF, pidf_diff(operation), 2)


def test_formats_are_not_mixed() -> None:
    with pytest.raises(CannotMerge):
        merged(PIDF, dialog_info(2, "partial"), 2)

"""State documents read for people."""

from __future__ import annotations

import pytest

from rls.domain.states import Said, read
from tests.pure.watchlist.lists import PIDF, pidf

DIALOG = "application/dialog-info+xml"
RPID = b"""<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid">
<tuple id="a"><status><basic>closed</basic></status></tuple>
<tuple id="b"><status><basic>open</basic></status><note> In the
  canteen </note></tuple>
<r:activities><r:note>ignored</r:note><r:meal/><r:busy/></r:activities></presence>"""


def dialog_info(*dialogs: tuple[str, str], state: str = "full") -> bytes:
    inside = "".join(
        f'<dialog id="{id}" direction="initiator"><state>{state}</state>'
        f"<remote><identity>sip:{id}@x</identity></remote></dialog>"
        for id, state in dialogs
    )
    opening = f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" state="{state}">'
    return f"{opening}{inside}</dialog-info>".encode()


def test_presence_is_open_when_one_tuple_is() -> None:
    assert read(PIDF, RPID) == Said("open", "In the canteen", ("meal", "busy"))


def test_closed_presence() -> None:
    assert read(PIDF, pidf("closed")).state == "closed"


def test_content_type_may_have_parameters_and_capitals() -> None:
    assert read('Application/PIDF+xml; charset="utf-8"', pidf()).state == "open"


def test_presence_without_basic_status_is_said() -> None:
    assert read(PIDF, b"<presence/>").state == "no basic status"


def test_most_advanced_dialog_counts() -> None:
    said = read(DIALOG, dialog_info(("1", "early"), ("2", "confirmed")))
    assert (said.state, said.note) == ("confirmed", "to sip:2@x")


@pytest.mark.parametrize("body", [dialog_info(), b"<dialog-info/>"])
def test_no_dialog_is_idle(body: bytes) -> None:
    assert read(DIALOG, body).state == "idle"


@pytest.mark.req("R4662-4.6-3")
def test_partial_dialog_info_builds_on_what_was_known() -> None:
    first = read(DIALOG, dialog_info(("1", "confirmed"), ("2", "early")))
    second = read(DIALOG, dialog_info(("1", "terminated"), state="partial"), first)
    assert second.state == "early"
    assert [dialog.id for dialog in second.dialogs] == ["2"]


def test_full_dialog_info_forgets_what_was_known() -> None:
    first = read(DIALOG, dialog_info(("1", "confirmed")))
    assert read(DIALOG, dialog_info(), first).state == "idle"


@pytest.mark.parametrize(
    "body", [b"", b"<presence", b'<!DOCTYPE p [<!ENTITY e "x">]><presence><note>&e;</note></presence>']
)
def test_broken_or_dangerous_document_is_said_to_be_unreadable(body: bytes) -> None:
    assert read(PIDF, body).state == "unreadable"


def test_other_types_are_named_with_their_size() -> None:
    assert read("text/plain", b"hello").state == "5 bytes of text/plain"

"""State documents of demo contacts."""

from __future__ import annotations

from lxml import etree

from rls.domain.states import Said, read
from sipworker.demo.documents import DIALOG_INFO, PIDF, dialog_info, pidf
from sipworker.demo.life import Call, Moment

BOB = "sip:bob@example.test"
TALK = Call("bob-1", "confirmed", "recipient", "sip:tom@example.test")


def test_pidf_says_status_activity_and_note() -> None:
    body = pidf(BOB, Moment(1, "open", "meeting", "Q&A <live>"))
    assert read(PIDF, body) == Said("open", "Q&A <live>", ("meeting",))
    assert etree.fromstring(body).get("entity") == BOB


def test_pidf_elements_stand_in_the_order_of_the_schema() -> None:
    root = etree.fromstring(pidf(BOB, Moment(1, "open", "busy", "No")))
    assert [etree.QName(child).localname for child in root] == ["tuple", "note", "person"]


def test_dialog_info_tells_the_call() -> None:
    said = read(DIALOG_INFO, dialog_info(BOB, Moment(1, "open", call=TALK), 0))
    assert (said.state, said.note) == ("confirmed", "from sip:tom@example.test")


def test_dialog_info_without_a_call_is_idle() -> None:
    assert read(DIALOG_INFO, dialog_info(BOB, Moment(1, "open"), 0)).state == "idle"


def test_dialog_info_carries_the_version_of_its_subscription() -> None:
    root = etree.fromstring(dialog_info(BOB, Moment(1, "open"), 7))
    assert (root.get("version"), root.get("state"), root.get("entity")) == ("7", "full", BOB)

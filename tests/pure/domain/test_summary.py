"""State documents in the words of people."""

from __future__ import annotations

import pytest

from rls.domain.summary import Summary, summarize

PRESENCE = """<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:b@c"
  xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid">{}
</presence>"""
TUPLE = '<tuple id="{}"><status><basic>{}</basic></status></tuple>'
PERSON = '<dm:person id="p">{}</dm:person>'
DIALOGS = """<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info"
  version="1" state="full" entity="sip:a@b">  {}</dialog-info>"""
PHONE = "<rpid:activities><rpid:note>busy</rpid:note><rpid:on-the-phone/></rpid:activities>"


def presence(*parts: str) -> Summary:
    return summarize("application/pidf+xml;charset=utf-8", PRESENCE.format("".join(parts)).encode())


def dialog(state: str, direction: str, peer: str = "") -> str:
    remote = f"<remote><identity>{peer}</identity></remote>" if peer else ""
    return f'<dialog id="{state}" direction="{direction}"><state>{state}</state>{remote}</dialog>'


def dialogs(*parts: str) -> Summary:
    return summarize("application/dialog-info+xml", DIALOGS.format("".join(parts)).encode())


def test_presence_is_open_if_any_tuple_is() -> None:
    assert presence(TUPLE.format("a", "closed"), TUPLE.format("b", "open")) == Summary("open", "", "good")


def test_presence_is_closed_if_all_tuples_are() -> None:
    assert presence(TUPLE.format("a", "closed")) == Summary("closed")


def test_presence_without_basic_is_unknown() -> None:
    assert presence().state == "unknown"


def test_note_of_the_person_is_shown() -> None:
    said = presence(TUPLE.format("a", "open"), PERSON.format("<dm:note>In a\n  meeting</dm:note>"))
    assert said.note == "In a meeting"


def test_note_of_a_tuple_is_shown() -> None:
    assert presence('<tuple id="a"><note>At lunch</note></tuple>').note == "At lunch"


def test_activity_is_shown_beside_the_note_and_asks_for_attention() -> None:
    said = presence(TUPLE.format("a", "open"), PERSON.format(PHONE + "<dm:note>Back soon</dm:note>"))
    assert said == Summary("open", "on the phone · busy", "attention")


@pytest.mark.parametrize(
    ("state", "direction", "word"),
    [
        ("early", "recipient", "ringing"),
        ("trying", "recipient", "ringing"),
        ("early", "initiator", "calling"),
        ("proceeding", "initiator", "calling"),
        ("confirmed", "initiator", "in a call"),
        ("confirmed", "recipient", "in a call"),
        ("terminated", "recipient", "idle"),
    ],
)
def test_dialog_in_words(state: str, direction: str, word: str) -> None:
    assert dialogs(dialog(state, direction)).state == word


def test_without_a_dialog_the_phone_is_idle() -> None:
    assert dialogs() == Summary("idle", tone="good")


def test_a_call_counts_more_than_a_second_one_that_rings() -> None:
    calls = dialogs(dialog("early", "recipient", "sip:c@d"), dialog("confirmed", "initiator", "sip:e@f"))
    assert calls == Summary("in a call", "sip:e@f", "busy")


def test_other_types_are_named() -> None:
    said = summarize("application/simple-message-summary", b"Messages-Waiting: yes\r\n")
    assert said == Summary("application/simple-message-summary", "23 bytes")


@pytest.mark.parametrize("body", [b"", b"<presence", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_cannot_be_read_is_called_so(body: bytes) -> None:
    assert summarize("application/pidf+xml", body) == Summary("unreadable", "application/pidf+xml", "bad")

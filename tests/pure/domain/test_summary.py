"""State documents in the words of people."""

from __future__ import annotations

import pytest

from rls.domain.summary import Summary, summarize

PRESENCE = """<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
  xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid"><tuple id="t"><status><basic>{}</basic></status></tuple>
  <dm:person id="p">{}</dm:person></presence>"""
PHONE = "<rpid:activities><rpid:on-the-phone/></rpid:activities>"
DIALOGS = '<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full">{}</dialog-info>'


def presence(basic: str, person: str = "") -> Summary:
    return summarize("application/pidf+xml", PRESENCE.format(basic, person).encode())


def dialog(state: str, direction: str, peer: str = "") -> str:
    remote = f"<remote><identity>{peer}</identity></remote>" if peer else ""
    return f'<dialog id="{state}" direction="{direction}"><state>{state}</state>{remote}</dialog>'


def dialogs(*parts: str) -> Summary:
    return summarize("application/dialog-info+xml", DIALOGS.format("".join(parts)).encode())


def test_open_is_good_and_closed_is_quiet() -> None:
    assert presence("open") == Summary("open", "", "good")
    assert presence("closed") == Summary("closed", "", "quiet")


def test_note_is_shown() -> None:
    assert presence("open", "<dm:note>In a\n  garden</dm:note>").note == "In a garden"


def test_activity_stands_before_the_note_and_asks_for_attention() -> None:
    said = presence("open", PHONE + "<dm:note>Back soon</dm:note>")
    assert said == Summary("open", "on the phone · Back soon", "attention")


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
    assert calls == Summary("in a call", "to sip:e@f", "busy")


def test_other_types_are_named() -> None:
    assert "simple-message-summary" in summarize("application/simple-message-summary", b"x").state


@pytest.mark.parametrize("body", [b"", b"<presence", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_cannot_be_read_is_called_so(body: bytes) -> None:
    said = summarize("application/pidf+xml", body)
    assert (said.state, said.tone) == ("unreadable", "bad")

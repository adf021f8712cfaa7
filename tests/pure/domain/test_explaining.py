"""State documents in sentences."""

from __future__ import annotations

import pytest

from rls.domain.explaining import explain

PIDF = b"""<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
  xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:bob@example.test">
  <tuple id="desk"><status><basic>open</basic></status><contact>sip:bob@192.0.2.7</contact></tuple>
  <tuple id="mobile"><status><basic>closed</basic></status><timestamp>2026-11-26T20:00:00Z</timestamp></tuple>
  <dm:person id="p"><rpid:activities><rpid:on-the-phone/><rpid:meeting/></rpid:activities>
    <dm:note>Back at two</dm:note></dm:person></presence>"""


def dialog_info(inner: str, state: str = "full") -> bytes:
    space = 'xmlns="urn:ietf:params:xml:ns:dialog-info"'
    return (
        f'<dialog-info {space} version="3" state="{state}" entity="sip:bob@x">{inner}</dialog-info>'.encode()
    )


def dialog(state: str, direction: str) -> str:
    remote = '<remote><identity display="Tom">sip:tom@x</identity></remote>'
    return f'<dialog id="d" direction="{direction}"><state>{state}</state>{remote}</dialog>'


def test_presence_names_each_device_and_what_the_person_does() -> None:
    assert explain("application/pidf+xml;charset=utf-8", PIDF) == [
        ("Device desk", "can be reached at sip:bob@192.0.2.7"),
        ("Device mobile", "cannot be reached, since 2026-11-26T20:00:00Z"),
        ("Person", "on the phone, meeting"),
        ("Note", "Back at two"),
    ]


@pytest.mark.parametrize(
    ("state", "direction", "said"),
    [
        ("early", "recipient", "is ringing, called by Tom (sip:tom@x)"),
        ("early", "initiator", "is calling, and it rings at Tom (sip:tom@x)"),
        ("confirmed", "initiator", "is in a call with Tom (sip:tom@x)"),
        ("terminated", "recipient", "has ended a call from Tom (sip:tom@x)"),
        ("odd", "initiator", "is odd with Tom (sip:tom@x)"),
    ],
)
def test_dialog_says_who_calls_whom(state: str, direction: str, said: str) -> None:
    facts = explain("application/dialog-info+xml", dialog_info(dialog(state, direction)))
    assert facts == [("Document", "version 3, everything"), ("Dialog d", said)]


def test_no_dialog_is_no_call_in_full_state_only() -> None:
    assert explain("application/dialog-info+xml", dialog_info(""))[1:] == [("Calls", "none")]
    assert explain("application/dialog-info+xml", dialog_info("", "partial"))[1:] == []


@pytest.mark.parametrize(
    ("content_type", "body"), [("text/plain", b"x"), ("application/pidf+xml", b"<presence"), ("", b"")]
)
def test_what_nobody_can_explain_is_not_explained(content_type: str, body: bytes) -> None:
    assert explain(content_type, body) == []

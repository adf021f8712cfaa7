"""dialog-info for phones that expect the one of BroadWorks."""

from __future__ import annotations

import pytest
from lxml import etree

from rls.domain.dialog_shape import MEDIA_TYPE, shaped

NAMESPACE = "urn:ietf:params:xml:ns:dialog-info"


def document(*states: str) -> bytes:
    dialogs = "".join(
        f'<dialog id="{number}"><state>{state}</state></dialog>' for number, state in enumerate(states)
    )
    start = f'<dialog-info xmlns="{NAMESPACE}" version="3" state="full" entity="sip:b@x">'
    return f"{start}{dialogs}</dialog-info>".encode()


def told(body: bytes) -> list[tuple[str, str]]:
    root = etree.fromstring(body)
    assert dict(root.attrib) == {"version": "3", "state": "full", "entity": "sip:b@x"}
    dialogs = root.findall(f"{{{NAMESPACE}}}dialog")
    assert len(dialogs) == len(root)
    return [(each.attrib["id"], each.findtext(f"{{{NAMESPACE}}}state", "")) for each in dialogs]


def test_no_dialog_becomes_one_that_is_terminated() -> None:
    assert told(shaped(MEDIA_TYPE, document(), child=True, one=False)) == [("none", "terminated")]


def test_only_the_dialog_that_matters_most_stays() -> None:
    body = shaped(f"{MEDIA_TYPE};charset=utf-8", document("early", "confirmed", "odd"), child=True, one=True)
    assert told(body) == [("1", "confirmed")]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (MEDIA_TYPE, document("early")),
        (MEDIA_TYPE, b"<broken"),
        ("multipart/signed", document()),
        ("application/pidf+xml", b"<presence/>"),
    ],
)
def test_everything_else_stays_as_it_is(content_type: str, body: bytes) -> None:
    assert shaped(content_type, body, child=True, one=True) is body


def test_several_dialogs_stay_where_only_a_child_is_wanted() -> None:
    body = document("early", "confirmed")
    assert shaped(MEDIA_TYPE, body, child=True, one=False) is body

"""Documents that say of themselves to be partial."""

from __future__ import annotations

import pytest

from rls.domain.partial import is_partial

DIALOG = "application/dialog-info+xml"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (DIALOG, b'<?xml version="1.0"?><dialog-info version="3" state="partial" entity="sip:a@b"/>'),
        (
            f"{DIALOG};charset=UTF-8",
            b"<d:dialog-info xmlns:d='x'\n state = 'partial' version='3'></d:dialog-info>",
        ),
        ("application/watcherinfo+xml", b'<watcherinfo version="1" state="partial"/>'),
        ("application/reginfo+xml", b'<reginfo state="partial" version="1"/>'),
        ("application/conference-info+xml", b'<conference-info state="partial" entity="sip:c@d"/>'),
    ],
    ids=["dialog", "prefix and quotes", "watcherinfo", "reginfo", "conference"],
)
@pytest.mark.req("R4662-4.6-3")
def test_partial_documents_of_the_delta_packages_are_known(content_type: str, body: bytes) -> None:
    assert is_partial(content_type, body)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (DIALOG, b'<dialog-info version="0" state="full" entity="sip:a@b"/>'),
        (DIALOG, b'<dialog-info state="full"><dialog id="partial" state="partial"/></dialog-info>'),
        (DIALOG, b'<dialog-info state="full"><note>state="partial"</note></dialog-info>'),
        (DIALOG, b""),
        (DIALOG, b"not XML, partial"),
        ("application/pidf+xml", b'<presence><dialog-info state="partial"/></presence>'),
        ("application/simple-message-summary", b"partial"),
    ],
    ids=["full", "dialog element", "text", "empty", "no XML", "other package", "no package"],
)
def test_everything_else_is_taken_as_a_whole(content_type: str, body: bytes) -> None:
    assert not is_partial(content_type, body)

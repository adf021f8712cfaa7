"""The aggregated NOTIFY in other people's eyes: Wireshark's dissectors, Python's email parser, a schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.situations import Peers
from tests.live.rig.message import Message
from tests.live.rig.presence import pidf
from tests.live.rig.tshark import complaints, dissected, protocols


@pytest.fixture
def notifies(peers: Peers) -> list[Message]:
    """Of a whole life: nothing known yet, all known, a change, full state again, the end."""
    call = peers.subscribed()
    call.settled()
    peers.resources.dialog(peers.member).notify(pidf("bob", "changed"))
    call.notify(2)
    for number, expires in ((3, 3600), (4, 0)):
        assert call.subscribe(expires).status == 200
        call.notify(number)  # by email's parser, lxml and the schema
    return call.notifies


@pytest.mark.req("R4662-5.1-1", "R4662-5.1-2", "R2387-3.1-1", "R2046-5.1.1-2")
def test_wireshark_takes_it_apart_without_complaint(notifies: list[Message], tmp_path: Path) -> None:
    for notify in notifies:
        packet = dissected(notify, tmp_path)
        assert not complaints(packet)
        assert {"sip", "mime_multipart", "xml"} <= set(protocols(packet))


def test_wireshark_would_complain(notifies: list[Message], tmp_path: Path) -> None:
    broken = notifies[1].data.replace(b"--rls", b"--odd").replace(b"</list>", b"</lost>")
    packet = dissected(Message(broken, 0.0, notifies[1].source), tmp_path)
    assert complaints(packet) or "xml" not in protocols(packet)

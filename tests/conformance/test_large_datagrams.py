"""Messages almost as large as a datagram can be, by UDP."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.conformance.recipients import bringing, list_of
from tests.conformance.situations import Peers
from tests.live.rig.phone import Phone
from tests.live.rig.presence import pidf
from tests.live.rig.wire import TcpWire

LARGE = 60_000
LARGEST = 65_507
"""What IPv4 leaves of 65,535 bytes."""


@pytest.mark.req("R3261-18.1.1-3")
def test_subscribe_of_60_kb_is_taken(peers: Peers) -> None:
    """Its list has few members, for a NOTIFY that goes by UDP, too."""
    names = "".join(f'<display-name xml:lang="l{number}">{"n" * 990}</display-name>' for number in range(58))
    document = list_of(peers.member).replace("/></list>", f">{names}</entry></list>")
    call = bringing(peers, document)
    request = call.request(3600)
    assert LARGE < len(request) < LARGEST
    assert call.ask(request).status == 200
    assert call.notify(0).resources == [peers.member]


@pytest.mark.req("R3261-18.1.1-3")
def test_notify_of_60_kb_is_taken(peers: Peers) -> None:
    """As a whole: it reaches a watcher by TCP byte by byte."""
    wire = TcpWire(peers.subject.address)
    with closing(Phone(wire, peers.subject.user, peers.subject.address)) as phone:
        call = phone.subscribe(peers.subject.list_uri)
        call.settled()
        body = pidf("bob", "n" * LARGE)
        assert peers.resources.dialog(peers.member).notify(body).status == 200
        assert call.notify(2).body_of(peers.member) == body

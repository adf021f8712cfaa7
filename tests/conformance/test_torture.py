"""Our own messages for the classes of RFC 4475, sent to a server; the names of the files say the answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conformance.situations import Peers
from tests.live.rig.list_notify import DATA
from tests.live.rig.message import Message
from tests.live.rig.phone import token
from tests.live.rig.wire import address_text

ALL = sorted((DATA / "torture").glob("*.sip"))
ANSWERED = [path for path in ALL if path.stem.startswith(("answered", "invalid"))]
UNANSWERED = [path for path in ALL if path.stem.startswith("dropped")]
ODD = [path for path in ALL if path.stem.startswith("valid")]


def sent(peers: Peers, path: Path) -> bytes:
    """Sends the message as one of the phone's, in the names of this test's user and list."""
    data = path.read_bytes()
    for before, after in (
        ("192.0.2.44:5070", address_text(peers.phone.wire.local)),
        ("sip:team@conformance.test", peers.subject.list_uri),
        ("sip:alice@conformance.test", peers.subject.user),
        ("sip:friends@example.com", peers.subject.list_uri),
        ("sip:watcher@example.net", peers.subject.user),
        ("z9hG4bKtorture1", f"z9hG4bK{token()}"),
        ("own-answered", token()),
    ):
        data = data.replace(before.encode(), after.encode())
    peers.phone.send(data)
    return data


def answer_to(peers: Peers, data: bytes) -> Message:
    found = re.search(rb"branch=(z9hG4bK\w+)", data)
    assert found
    branch = found[1]
    return peers.phone.inbox.wait(lambda message: message.status >= 200 and branch in message.data)


def still_serves(peers: Peers) -> None:
    assert peers.phone.ask(peers.phone.request("OPTIONS", peers.subject.list_uri)).status


@pytest.mark.req("D1", "R3261-7.3.1-1")
@pytest.mark.parametrize("path", ANSWERED, ids=lambda path: path.stem)
def test_answer_is_the_one_of_the_table(path: Path, peers: Peers) -> None:
    reply = answer_to(peers, sent(peers, path))
    assert reply.status == int(path.stem.split("-")[1]), reply.data
    if reply.status == 420:
        assert reply["Unsupported"] == "nothing-supports-this, nothing-supports-this-either"


@pytest.mark.req("R3261-18.3-1", "R3261-8.1.3.3-1")
def test_what_cannot_be_answered_is_not(peers: Peers) -> None:
    before = len(peers.phone.inbox.all())
    for path in UNANSWERED:
        sent(peers, path)
    still_serves(peers)
    assert len(peers.phone.inbox.all()) == before + 1


@pytest.mark.req("R3261-8.2.2-1", "R3261-7.3.1-2", "R3261-7.3.1-3")
def test_odd_but_valid_messages_harm_nobody(peers: Peers) -> None:
    """Each gets some answer, or none; what was there before goes on."""
    peers.phone.respond = lambda request: None
    call = peers.subscribed()
    for path in ODD:
        sent(peers, path)
    still_serves(peers)
    assert all(message.status < 500 or message.status == 501 for message in peers.phone.inbox.all())
    assert call.subscribe(0).status == 200

"""Our own messages for the classes of RFC 4475, sent to a server; the names of the files say the answer.

`answered` and `valid` are well-formed, `invalid` are not, and `dropped` are worth no answer.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.situations import Peers
from tests.live.rig.list_notify import DATA
from tests.live.rig.message import Message
from tests.live.rig.phone import token
from tests.live.rig.wire import address_text

ALL = sorted((DATA / "torture").glob("*.sip"))
ANSWERED = [path for path in ALL if path.stem.split("-")[1].isdigit()]
UNANSWERED = [path for path in ALL if path not in ANSWERED]


def sent(peers: Peers, path: Path) -> None:
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
        ("own-torture", token()),
    ):
        data = data.replace(before.encode(), after.encode())
    peers.phone.send(data)


def answers(peers: Peers) -> list[Message]:
    """All but the last, which is that of an OPTIONS: the server still serves."""
    assert peers.phone.ask(peers.phone.request("OPTIONS", peers.subject.list_uri)).status
    return peers.phone.inbox.all(lambda message: message.status >= 200)[:-1]


@pytest.mark.req("D1", "R3261-7.3.1-1", "R3261-7.3.1-2", "R3261-7.3.1-3", "R3261-8.2.2-1")
@pytest.mark.parametrize("path", ANSWERED, ids=lambda path: path.stem)
def test_answer_is_the_one_of_the_table(path: Path, peers: Peers) -> None:
    sent(peers, path)
    peers.phone.inbox.wait(lambda message: message.status >= 200)
    (reply,) = answers(peers)
    assert reply.status == int(path.stem.split("-")[1]), reply.data
    if reply.status == 420:
        assert reply["Unsupported"] == "nothing-supports-this, nothing-supports-this-either"


@pytest.mark.req("R3261-18.3-1", "R3261-8.1.3.3-1")
def test_what_cannot_be_answered_is_not(peers: Peers) -> None:
    for path in UNANSWERED:
        sent(peers, path)
    assert not answers(peers)


def test_what_was_there_before_goes_on(peers: Peers) -> None:
    peers.phone.respond = lambda request: None
    call = peers.subscribed()
    for path in ALL:
        sent(peers, path)
    assert answers(peers)
    assert call.subscribe(0).status == 200

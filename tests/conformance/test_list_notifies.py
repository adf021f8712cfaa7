"""What every NOTIFY of a list subscription must be like."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.conformance.situations import Peers
from tests.live.rig import list_notify
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import PIDF_TYPE, Script, State, pidf
from tests.live.rig.waiting import eventually


def life(peers: Peers) -> list[Message]:
    """The NOTIFYs of a subscription that was told of a change, refreshed and ended."""
    call = peers.subscribed()
    peers.resources.dialog(peers.member).notify(pidf("bob", "changed"))
    peers.phone.inbox.wait(lambda message: b"changed" in message.body)
    assert call.subscribe().status == 200
    assert call.subscribe(0).status == 200
    peers.phone.inbox.wait(lambda message: _state(message).startswith("terminated"))
    return call.notifies


def _state(message: Message) -> str:
    return ", ".join(message.rows("Subscription-State"))


def rlmi_of(message: Message) -> etree._Element:
    start = message.body.index(b"<?xml")
    return etree.fromstring(message.body[start : message.body.index(b"</list>") + len(b"</list>")])


@pytest.mark.req("R4662-4.1-3", "R3265-7.1-2", "R6665-4.2.2-6", "R3261-20.2-1")
def test_headers_over_a_whole_life(peers: Peers) -> None:
    for notify in life(peers):
        assert notify["Subscription-State"].split(";")[0] in ("active", "pending", "terminated")
        assert notify["Require"] == "eventlist"
        assert "eventlist" not in ", ".join(notify.rows("Supported"))
        assert not notify.rows("Expires")
        assert not notify.rows("Content-Encoding")
        assert notify["Content-Type"].startswith("multipart/related")


@pytest.mark.req("R4662-5.1-3")
@pytest.mark.req("R6665-5.3.2-1", "R4662-5.2-10", "R4662-5.2-11", "R4662-5.5-2", "R4662-5.5-10")
def test_rlmi_over_a_whole_life(peers: Peers) -> None:
    """The rig holds each against the schema, which allows foreign elements in instances only."""
    notifies = life(peers)
    assert all(list_notify.parse(notify).instances for notify in notifies)
    documents = [rlmi_of(notify) for notify in notifies]
    assert [int(rlmi.attrib["version"]) for rlmi in documents] == list(range(len(documents)))
    assert documents[0].attrib["fullState"] == documents[-1].attrib["fullState"] == "true"
    for rlmi in documents:
        assert "cid" not in rlmi.attrib
        assert not rlmi.xpath("//@expires")
        assert all(len(resource) <= 1 for resource in rlmi)


@pytest.mark.req("R4662-5.5-10", "R6665-4.2.2-8")
def test_durations_of_back_ends_are_not_those_of_the_list(peers: Peers) -> None:
    state = State(pidf("bob"), "active;expires=77")
    peers.resources.scripts |= {
        member: Script(headers=("Expires: 77",), state=state) for member in peers.subject.members
    }
    call = peers.subscribed()
    assert call.settled().state.startswith("active;expires=3")


@pytest.mark.req("R6665-7.2-1")
@pytest.mark.parametrize("ending", ["terminated;reason=foo;retry-after=60", "terminated"])
def test_only_registered_reasons_are_told(peers: Peers, ending: str) -> None:
    peers.resources.scripts[peers.member] = Script(state=State(state=ending))
    call = peers.subscribed()
    reason = call.settled().instance(peers.member).reason
    assert reason in {"deactivated", "probation", "rejected", "timeout", "giveup", "noresource", "invariant"}


@pytest.mark.req("R3856-6.8-1", "R3265-3.2.2-2")
def test_notify_without_body_and_expires_keeps_the_last_document(peers: Peers) -> None:
    call = peers.subscribed()
    known = call.settled().body_of(peers.member)
    assert peers.resources.dialog(peers.member).notify(state="active").status == 200
    assert call.subscribe().status == 200
    assert call.notify(2).body_of(peers.member) == known


@pytest.mark.req("R3863-4.1.1-1", "R3863-7-1")
def test_documents_pass_with_their_parameters_and_another_entity(peers: Peers) -> None:
    kind = f'{PIDF_TYPE};charset="UTF-16"'
    body = pidf("somebody-else@elsewhere.invalid").decode().encode("utf-16")
    peers.resources.scripts[peers.member] = Script(state=State(body, content_type=kind))
    told = peers.subscribed().settled().instance(peers.member)
    assert (told.content_type, told.body) == (kind, body)


@pytest.mark.req("R6446-5.5.1-2", "R5263-4.4-2")
def test_what_an_unanswered_notify_held_up_comes_in_the_next_one(peers: Peers) -> None:
    call = peers.subscribed()
    call.settled()
    answering = peers.phone.respond
    peers.phone.respond = lambda request: None
    dialog = peers.resources.dialog(peers.member)
    dialog.notify(pidf("bob", "first"))
    peers.phone.inbox.wait(lambda message: b"first" in message.body)
    dialog.notify(pidf("bob", "second"))
    other = peers.subject.members[1]
    peers.resources.dialog(other).notify(pidf("claire", "third"))
    assert len(call.notifies) == 3
    peers.phone.respond = answering
    eventually(lambda: told(call) == {b"second", b"third"}, "the last states")


def told(call: ListCall) -> set[bytes]:
    """The notes that NOTIFYs have brought."""
    seen = b"".join(notify.body for notify in call.notifies)
    return {word for word in (b"second", b"third") if word in seen}


def dialog_info(version: int) -> bytes:
    namespace = "urn:ietf:params:xml:ns:dialog-info"
    return f'<dialog-info xmlns="{namespace}" version="{version}" state="full" entity="sip:bob@x"/>'.encode()


@pytest.mark.req("R4235-4.1-1")
def test_versions_of_dialog_documents_rise_as_they_did_at_the_back_end(peers: Peers) -> None:
    kind = "application/dialog-info+xml"
    script = Script(state=State(dialog_info(0), content_type=kind))
    peers.resources.scripts |= dict.fromkeys(peers.subject.members, script)
    call = peers.call(event="dialog")
    assert call.subscribe().status == 200
    told = [call.settled().body_of(peers.member)]
    for version in (1, 2):
        peers.resources.dialog(peers.member).notify(dialog_info(version), kind=kind)
        told.append(call.notify(version + 1).body_of(peers.member))
    assert told == [dialog_info(version) for version in (0, 1, 2)]

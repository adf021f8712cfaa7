"""What the server asks of back ends in a watcher's name."""

from __future__ import annotations

import time

import pytest

from tests.conformance.conftest import NewPhone, SubjectOf
from tests.conformance.situations import Peers
from tests.conformance.subject import LIMITED
from tests.live.rig.documents import filter_set
from tests.live.rig.message import Message
from tests.live.rig.phone import ACCEPT, ListCall, token
from tests.live.rig.presence import PresenceServer, Script, State, pidf
from tests.live.rig.waiting import eventually


def subscribes(peers: Peers) -> list[Message]:
    """Those to members, after each has been asked."""
    members = peers.subject.members

    def found() -> list[Message]:
        return [dialog.first for member in members for dialog in peers.resources.dialogs_of(member)]

    eventually(lambda: len(found()) >= len(members), "back-end SUBSCRIBEs")
    return found()


@pytest.mark.req("R3856-6.5-1")
@pytest.mark.req("R4662-4.3-2", "R5876-4.1-2")
def test_what_is_offered_can_be_taken(peers: Peers) -> None:
    peers.subscribed()
    for request in subscribes(peers):
        offers_lists = "eventlist" in ", ".join(request.rows("Supported"))
        assert not offers_lists or "application/rlmi+xml" in request["Accept"]
        assert "application/pidf+xml" in request["Accept"]
        assert not request.rows("Require")
        assert not request.rows("P-Preferred-Identity")
        assert not request.body


PIDF, PATCHES, SIGNED = "application/pidf+xml", "application/pidf-diff+xml", "multipart/signed"


@pytest.mark.req("R6665-3.2.1-2")
@pytest.mark.parametrize(
    ("more", "besides"),
    [
        ("text/plain", {"text/plain"}),
        (f"{SIGNED}, {PATCHES};q=0.1", {SIGNED, PATCHES}),
        (f"{SIGNED};q=0, {PATCHES}; Q=0.000", set[str]()),
        ("*/*;q=0.5", {"*/*"}),
    ],
)
def test_back_ends_are_asked_for_what_the_watcher_takes(peers: Peers, more: str, besides: set[str]) -> None:
    """So the parts of a NOTIFY are in formats from Accept, as far as back ends keep to theirs."""
    call = peers.phone.call(peers.subject.list_uri, accept=f"{ACCEPT}, {more}")
    assert call.subscribe().status == 200
    told = call.settled()
    taken = {*ACCEPT.split(", ")} | besides
    for request in subscribes(peers):
        assert PIDF in request["Accept"]
        assert {*request["Accept"].split(", ")} <= taken
    assert told.message["Content-Type"].partition(";")[0] in taken
    assert {instance.content_type for (instance,) in told.instances.values()} <= taken


@pytest.mark.req("R4662-7.2-2")
def test_two_subscriptions_share_no_back_end(peers: Peers, new_phone: NewPhone) -> None:
    peers.subscribed()
    subscribes(peers)
    new_phone(peers.subject).subscribe(peers.subject.list_uri)
    dialogs = eventually(lambda: peers.resources.dialogs_of(peers.member)[1:], "a second back end")
    assert dialogs[0].call_id != peers.resources.dialogs_of(peers.member)[0].call_id


@pytest.mark.req("R3265-3.1.6.1-1")
def test_202_is_as_good_as_200(peers: Peers) -> None:
    peers.resources.scripts[peers.member] = Script(status=202, state=State(pidf("bob")))
    assert peers.subscribed().settled().body_of(peers.member) == pidf("bob")


@pytest.mark.req("R4662-4.5-9")
@pytest.mark.req("R6665-4.1.3-7", "R6665-4.1.3-10", "R6665-4.1.3-13")
@pytest.mark.parametrize("reason", ["probation", "giveup", "foo"])
def test_next_try_waits_as_long_as_the_back_end_asked(peers: Peers, reason: str) -> None:
    peers.subscribed().settled()
    first = peers.resources.dialog(peers.member)
    told = time.monotonic()
    first.notify(state=f"terminated;reason={reason};retry-after=2")
    again = peers.resources.dialog(peers.member, count=2)
    assert again.first.at - told > 1.9
    assert again.call_id != first.call_id


@pytest.mark.req("R5393-5.4.3-1")
def test_so_many_subscribes_wait_for_an_answer_at_once(
    subject_of: SubjectOf, new_phone: NewPhone, back_ends: PresenceServer
) -> None:
    subject = subject_of(LIMITED)  # RLS_BACKEND_IN_FLIGHT is 1
    peers = Peers(subject, new_phone(subject), back_ends)
    asked = len(peers.resources.dialogs)
    peers.resources.scripts |= {member: Script() for member in subject.members}
    call = peers.subscribed()
    first = eventually(lambda: peers.resources.dialogs[asked:], "the first SUBSCRIBE")[0]
    assert call.subscribe().status == 200
    call.notify(1)
    assert len(peers.resources.dialogs) == asked + 1
    first.notify(pidf("bob"))
    eventually(lambda: len(peers.resources.dialogs) == asked + 2, "the second SUBSCRIBE")
    assert call.subscribe(0).status == 200
    peers.resources.scripts.clear()  # these members are those of other tests, too


@pytest.mark.req("R6665-4.1.2-1")
@pytest.mark.req("R3265-3.1.4.2-1", "R6665-4.1.2.2-1", "R6665-4.1.2.2-2")
@pytest.mark.parametrize(("status", "ends"), [(404, True), (481, True), (500, False)])
def test_refresh_that_fails_ends_what_rfc_6665_says(peers: Peers, status: int, ends: bool) -> None:
    peers.resources.scripts[peers.member] = Script(state=State(pidf("bob"), "active;expires=4"))
    peers.subscribed()
    dialog = peers.resources.dialog(peers.member)
    dialog.refusal = 0
    refresh = eventually(lambda: dialog.subscribes[1:], "a refresh")[0]
    assert dialog.notify(pidf("bob", "still"), "active;expires=3600").status == 200
    dialog.refuse(refresh, status)
    assert dialog.notify(pidf("bob", "again")).status == (481 if ends else 200)


FILTERS = "application/simple-filter+xml"
ONE_MORE_TYPE = f"{ACCEPT}, multipart/signed"


def refused(peers: Peers, status: int, call: ListCall) -> list[Message]:
    """What the first member was asked by a subscription that is told of the refusal."""
    peers.resources.scripts[peers.member] = Script(status, headers=())
    assert call.subscribe().status == 200
    told = call.settled().instance(peers.member)
    assert told.state == "terminated"
    return peers.resources.requests.all(lambda message: message.request_uri == peers.member)


@pytest.mark.req("R3261-8.1.3.5-1")
@pytest.mark.parametrize("status", [406, 420])
def test_types_that_a_back_end_refused_are_left_out_once(peers: Peers, status: int) -> None:
    first, second = refused(peers, status, peers.phone.call(peers.subject.list_uri, accept=ONE_MORE_TYPE))
    assert "multipart/signed" in first["Accept"]
    assert second["Accept"] == "application/pidf+xml"
    assert not second.rows("Require") and not second.rows("Supported")
    assert second["Call-ID"] != first["Call-ID"] or second.cseq == first.cseq + 1


@pytest.mark.req("R3261-8.1.3.5-1")
@pytest.mark.parametrize("status", [413, 415])
def test_a_body_that_a_back_end_refused_is_left_out_once(peers: Peers, status: int) -> None:
    """Its filters: what is told without them is more than the watcher asked for, but not nothing."""
    call = peers.call()
    call.body = filter_set({"all": ""})
    call.headers += (f"Content-Type: {FILTERS}",)
    first, second = refused(peers, status, call)
    assert first["Content-Type"] == FILTERS and first.body
    assert not second.rows("Content-Type") and not second.body
    assert second["Accept"] == first["Accept"]
    assert second["Call-ID"] != first["Call-ID"] or second.cseq == first.cseq + 1


@pytest.mark.req("R3261-8.1.3.5-1")
@pytest.mark.parametrize("status", [406, 413, 415, 416, 420])
def test_where_nothing_can_be_left_out_nothing_is_sent_again(peers: Peers, status: int) -> None:
    assert len(refused(peers, status, peers.call())) == 1


@pytest.mark.req("R3261-8.1.3.4-1")
def test_redirection_is_followed_once(peers: Peers) -> None:
    elsewhere = f"sip:{token()}@{peers.member.rpartition('@')[2]}"
    moved = f"Contact: <{elsewhere}>, <{peers.member}>"
    peers.resources.scripts[peers.member] = Script(302, (moved,))
    peers.resources.scripts[elsewhere] = Script(302, (moved,))
    assert peers.subscribed().settled().instance(peers.member).state == "terminated"
    asked = [request.request_uri for request in peers.resources.requests.all()]
    assert (asked.count(peers.member), asked.count(elsewhere)) == (1, 1)


@pytest.mark.req("R3261-8.1.3.4-1")
def test_contacts_of_a_redirection_are_tried_until_one_accepts(peers: Peers) -> None:
    domain = peers.member.rpartition("@")[2]
    *failing, last = (f"sip:{token()}@{domain}" for _ in range(4))
    contacts = (f"<{last}>;q=0.1", *(f"<{uri}>;q=0.{9 - place}" for place, uri in enumerate(failing)))
    scripts = peers.resources.scripts
    scripts[peers.member] = Script(302, (f"Contact: {', '.join(contacts)}",))
    scripts |= {uri: Script(status) for uri, status in zip(failing, (503, 404, 480), strict=True)}
    scripts[last] = Script(state=State(pidf("bob", "moved")))
    peers.subscribed()
    assert peers.resources.dialog(last).notify(pidf("bob", "moved")).status == 200
    asked = [request.request_uri for request in peers.resources.requests.all()]
    assert [uri for uri in asked if uri in (peers.member, *failing, last)] == [peers.member, *failing, last]

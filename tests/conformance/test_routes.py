"""Where the requests of a dialog go: its target and its route set (RFC 3261 section 12.2.1.1)."""

from __future__ import annotations

import pytest

from tests.conformance.conftest import NewPhone
from tests.conformance.situations import Peers
from tests.live.rig.message import answer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Script, State, pidf

BRIEF = "active;expires=4"
"""The refresh follows soon."""


@pytest.fixture
def elsewhere(peers: Peers, new_phone: NewPhone) -> Phone:
    """Another place that requests can go to."""
    return new_phone(peers.subject)


def route_to(phone: Phone) -> str:
    return f"<sip:127.0.0.1:{phone.wire.local[1]};lr;x=1>"


@pytest.mark.req("R6665-3.2-1", "R3261-12.2.1.1-2", "R3261-12.2.1.1-5")
def test_a_notify_moves_the_refreshes_of_its_subscription(peers: Peers, elsewhere: Phone) -> None:
    peers.subscribed()
    dialog = peers.resources.dialog(peers.member)
    notify = dialog.notify_request(State(pidf("bob"), BRIEF))
    there = f"sip:bob@127.0.0.1:{elsewhere.wire.local[1]}"
    own = f"Contact: <sip:{peers.back_ends.address}>"
    assert own.encode() in notify
    dialog.send(notify.replace(own.encode(), f"Contact: <{there}>".encode()))
    refresh = elsewhere.inbox.wait(lambda message: message["Call-ID"] == dialog.call_id)
    assert refresh.request_uri == there
    assert not refresh.rows("Route")
    assert refresh["Contact"] == dialog.first["Contact"]


@pytest.mark.req("R6665-4.4.1-3", "R3261-12.2.1.1-3")
def test_the_first_notify_says_by_which_way_refreshes_go(peers: Peers, elsewhere: Phone) -> None:
    routes = [route_to(elsewhere), "<sip:192.0.2.1;lr>"]
    recorded = tuple(f"Record-Route: {route}" for route in routes)
    state = State(pidf("bob"), BRIEF, headers=recorded)
    peers.resources.scripts[peers.member] = Script(state=state)
    peers.subscribed()
    dialog = peers.resources.dialog(peers.member)
    refresh = elsewhere.inbox.wait(lambda message: message["Call-ID"] == dialog.call_id)
    assert refresh.request_uri == peers.back_ends.contact
    assert ", ".join(refresh.rows("Route")) == ", ".join(routes)


@pytest.mark.req("R3261-12.1.1-1", "R3261-12.2-1", "R3261-12.2.1.1-3")
def test_the_first_subscribe_says_by_which_way_notifies_go(peers: Peers, elsewhere: Phone) -> None:
    """A refresh changes that no more."""
    routes = [route_to(elsewhere), "<sip:192.0.2.1;lr>"]
    call = peers.call()
    accepted = call.subscribe(3600, [*call.headers, *(f"Record-Route: {route}" for route in routes)])
    assert accepted.rows("Record-Route") == routes
    for count in (1, 2):
        notify = elsewhere.inbox.wait(call.is_notify, count=count)
        assert notify.request_uri == call.contact
        assert ", ".join(notify.rows("Route")) == ", ".join(routes)
        again = call.subscribe(3600, [*call.headers, "Record-Route: <sip:192.0.2.2;lr>"])
        assert again.status == 200


@pytest.mark.req("R3261-12.2.1.1-4")
def test_a_strict_router_gets_its_own_uri(peers: Peers, elsewhere: Phone) -> None:
    strict = f"sip:127.0.0.1:{elsewhere.wire.local[1]}"
    call = peers.call()
    call.subscribe(3600, [*call.headers, f"Record-Route: <{strict}>"])
    notify = elsewhere.inbox.wait(call.is_notify)
    assert notify.request_uri == strict
    assert notify["Route"] == f"<{call.contact}>"


@pytest.mark.req("R3261-12.2.1.2-1")
def test_the_answer_to_a_notify_may_move_the_next_one(peers: Peers, elsewhere: Phone) -> None:
    contact = f"Contact: <{elsewhere.contact};moved>"
    peers.phone.respond = lambda request: answer(request, 200, contact)
    call = peers.subscribed()
    call.settled()
    peers.resources.dialog(peers.member).notify(pidf("bob", "moved"))
    assert call.notify(2).message.request_uri == f"{elsewhere.contact};moved"

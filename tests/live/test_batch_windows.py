"""What back ends say between two NOTIFYs: pieces become a whole, and of nothing else a body is left out."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.live.conftest import NewPhone, Start
from tests.live.rig.list_server import ListServer
from tests.live.rig.packages import PACKAGES, Subscribing, bobs_watcher, dialogs_of
from tests.live.rig.presence import Domain, State
from tests.live.test_live_settings import put

ORDERED = {"x-odd": "application/x-odd", "xcap-diff": "application/xcap-diff+xml"}
"""Packages whose bodies nobody can merge, and their types."""
EVENTS = (*PACKAGES, *ORDERED)


@pytest.fixture
def server(unstarted: Start) -> ListServer:
    """It tells nothing but first states until the test says so."""
    server = unstarted(RLS_EVENTS=",".join(EVENTS))
    server.start_tickless_worker()
    return server


@pytest.fixture
def subscribing(server: ListServer, new_phone: NewPhone, resources: Domain, domain: str) -> Subscribing:
    return bobs_watcher(new_phone("alice", server), server, resources, domain, EVENTS)


def tell(resources: Domain, event: str, state: State) -> None:
    (dialog,) = dialogs_of(resources, event)
    assert dialog.notify(state.body, kind=state.content_type).status == 200


@pytest.mark.req("R4662-4.6-3", "R6446-5.4-2", "R4235-4.3-1")
@pytest.mark.req("R3858-3-1", "R3857-4.1-1", "R3857-4.3-1", "R3857-4.5-1")
def test_pieces_of_one_window_are_told_as_the_whole_that_they_make(
    server: ListServer, subscribing: Subscribing, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    calls = {event: subscribing(event, each.full(0)) for event, each in PACKAGES.items()}
    for event, call in calls.items():
        assert call.settled().body_of(bob) == PACKAGES[event].full(0).body
        (dialog,) = dialogs_of(resources, event)
        assert PACKAGES[event].kind in dialog.first["Accept"].split(", ")
    for event, each in PACKAGES.items():
        tell(resources, event, each.piece(1, "two"))
        tell(resources, event, each.piece(2, "three"))
    assert {len(call.notifies) for call in calls.values()} == {2}
    put(server.database, "RLS_WAITN_TIME", "1")
    for event, call in calls.items():
        root = etree.fromstring(call.notify(2).body_of(bob))
        assert (root.get("version"), root.get("state")) == ("2", "full"), event
        named = {name for element in root.iter() for name in (element.get("id"), element.get("entity"))}
        assert named >= {"one", "two", "three"}, event


@pytest.mark.req("R4662-4.6-3", "R5875-4.3-1")
def test_every_body_of_one_window_is_told_in_order_where_none_can_be_merged(
    server: ListServer, subscribing: Subscribing, resources: Domain, domain: str
) -> None:
    calls = {event: subscribing(event, State(b"none", content_type=kind)) for event, kind in ORDERED.items()}
    for call in calls.values():
        call.settled()
    bodies = [b"one", b"two", b"three"]
    for event, kind in ORDERED.items():
        for body in bodies:
            tell(resources, event, State(body, content_type=kind))
    assert {len(call.notifies) for call in calls.values()} == {2}
    put(server.database, "RLS_WAITN_TIME", "1")
    for call in calls.values():
        assert [call.notify(number).body_of(f"sip:bob@{domain}") for number in (2, 3, 4)] == bodies

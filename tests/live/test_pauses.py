"""Pauses between NOTIFYs that event packages and watchers ask for, where ticks come ten times a second.

No more NOTIFYs come than the time that passed allows. A slow machine gives them time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.live.conftest import NewPhone, NewServer
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.packages import PACKAGES
from tests.live.rig.phone import ACCEPT, ListCall
from tests.live.rig.presence import PIDF_TYPE, Domain, Script, State, pidf
from tests.live.rig.processes import START_LIMIT
from tests.live.rig.waiting import eventually

PAUSES = {
    "dialog": 1,
    "message-summary": 1,
    "presence;max-rate=0.5": 2,
    "presence.winfo": 5,
    "conference": 5,
    "reg": 5,
}
"""Seconds, by the Event of the SUBSCRIBE."""
EVENTS = ("presence", *(event for event in PAUSES if ";" not in event))
MAILBOX = "application/simple-message-summary"
CHANGES = 6


@pytest.fixture(scope="module")
def server(new_server: NewServer) -> Iterator[ListServer]:
    with new_server(RLS_EVENTS=",".join(EVENTS), RLS_WAITN_TIME="0.1") as server:
        server.celery.start()
        server.beat.start()
        server.start_worker()
        eventually(lambda: server.ticked_by() == "celery", "tick by Celery", START_LIMIT)
        yield server


@pytest.fixture
def list_uri(server: ListServer, domain: str) -> str:
    uri = f"sip:alice-list@{domain}"
    members = [f"sip:{user}@{domain}" for user in ("bob", "claire", "dave")]
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, members, EVENTS))
    return uri


def state(event: str, number: int) -> State:
    """The complete state of a resource after so many changes."""
    if event == "presence":
        return State(pidf("bob", str(number)))
    if event == "message-summary":
        return State(f"Messages-Waiting: yes\r\nVoice-Message: {number}/0\r\n".encode(), content_type=MAILBOX)
    return PACKAGES[event].full(number)


def tell(resources: Domain, resource: str, number: int) -> None:
    """Everybody who watches it."""
    for dialog in resources.dialogs_of(resource):
        now = state(dialog.event, number)
        assert dialog.notify(now.body, kind=now.content_type).status == 200


def package_of(call: ListCall) -> str:
    return call.event.partition(";")[0]


@pytest.mark.req("R4235-3.10-1", "R3842-3.11-1", "R3857-4.10-1", "R4575-3.9-1")
@pytest.mark.req("R6446-5.2-2", "R6446-5.4-1", "R6446-5.4-2")
def test_packages_and_rates_bring_fewer_notifies_and_the_last_state(
    new_phone: NewPhone, server: ListServer, list_uri: str, resources: Domain, domain: str
) -> None:
    """Who watches presence meanwhile is told of each change."""
    bob, phone, began = f"sip:bob@{domain}", new_phone(), time.monotonic()
    quick = phone.subscribe(list_uri)
    quick.settled()
    paced = [phone.subscribe(list_uri, event=event) for event in PAUSES]
    eventually(lambda: len(resources.dialogs) == 3 * (1 + len(PAUSES)), "back ends")
    for number in range(1, CHANGES + 1):
        tell(resources, bob, number)
        assert quick.notify(1 + number).body_of(bob) == pidf("bob", str(number))
    for call in paced:
        last = state(package_of(call), CHANGES).body
        eventually(lambda call=call, last=last: last in call.notifies[-1].body, call.event)  # type: ignore[misc]
        passed = call.notifies[-1].at - began
        assert PAUSES[call.event] * (len(call.notifies) - 1) <= passed, call.event
    for dialog in resources.dialogs:
        assert ";" not in dialog.event, "the rate is ours to keep"


@pytest.mark.req("R3842-3.12-1")
def test_mailboxes_of_a_list_are_told_in_one_notify(
    new_phone: NewPhone, server: ListServer, list_uri: str, resources: Domain
) -> None:
    resources.default = lambda uri: Script(state=state("message-summary", len(uri)))
    call = new_phone().call(list_uri, "message-summary", ACCEPT.replace(PIDF_TYPE, MAILBOX))
    assert call.subscribe().status == 200
    told = call.settled()
    assert len(told.resources) == 3
    for uri in told.resources:
        mailbox = told.instance(uri)
        assert (mailbox.content_type, mailbox.body) == (MAILBOX, state("message-summary", len(uri)).body)

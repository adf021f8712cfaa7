"""Event packages on the wire: notifiers that fork, durations, rates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.conftest import NewPhone, NewServer
from tests.live.rig.list_notify import ListNotify
from tests.live.rig.list_server import ListServer
from tests.live.rig.packages import PACKAGES, Subscribing, bobs_watcher, dialogs_of
from tests.live.rig.phone import ListCall, token
from tests.live.rig.presence import Domain, State

EVENTS = ("presence", "message-summary", "x-odd", "xcap-diff", *PACKAGES)


@pytest.fixture(scope="module")
def server(new_server: NewServer) -> Iterator[ListServer]:
    with new_server(RLS_EVENTS=",".join(EVENTS)) as server:
        server.start_worker()
        yield server


@pytest.fixture
def subscribing(server: ListServer, new_phone: NewPhone, resources: Domain, domain: str) -> Subscribing:
    return bobs_watcher(new_phone("alice", server), server, resources, domain, EVENTS)


@pytest.fixture
def subscribed(subscribing: Subscribing) -> Subscribing:
    """The state has been told."""

    def make(event: str, state: State) -> ListCall:
        call = subscribing(event, state)
        call.settled()
        return call

    return make


def instances(told: ListNotify, uri: str) -> dict[str, tuple[str, bytes]]:
    return {each.id: (each.state, each.body) for each in told.instances[uri]}


def changing(event: str) -> tuple[str, str, tuple[bytes, bytes]]:
    first, second = (PACKAGES[event].full(number).body for number in (0, 1))
    return event, PACKAGES[event].kind, (first, second)


SUMMARIES = "message-summary", "application/simple-message-summary", (b"Waiting: no\r\n", b"Waiting: yes\r\n")


@pytest.mark.req("R3842-3.1-1")
@pytest.mark.req("R6665-4.1.4-1", "R4662-5.5-1", "R4662-5.5-3", "R3842-3.10-1", "R4235-3.9-1")
@pytest.mark.parametrize(
    ("event", "kind", "bodies"), [SUMMARIES, changing("dialog"), changing("dialog.winfo")]
)
def test_each_notifier_that_answers_is_an_instance_whose_id_stays(
    event: str,
    kind: str,
    bodies: tuple[bytes, bytes],
    subscribed: Subscribing,
    resources: Domain,
    domain: str,
) -> None:
    bob = f"sip:bob@{domain}"
    call = subscribed(event, State(bodies[0], content_type=kind))
    dialog = resources.dialog(bob)
    forked = dialog.notify_request(State(bodies[1], content_type=kind))
    dialog.send(forked.replace(dialog.tag.encode(), token().encode()))
    assert dialog.answer_to_last().status == 200
    both = {"1": ("active", bodies[0]), "2": ("active", bodies[1])}
    assert instances(call.notify(2), bob) == both
    assert call.subscribe(600).status == 200
    assert instances(call.notify(3), bob) == both


@pytest.mark.req("R4575-3.9-1", "R3680-4.4-1")
@pytest.mark.parametrize("event", ["conference", "reg"])
def test_these_packages_have_one_notifier(subscribing: Subscribing, resources: Domain, event: str) -> None:
    subscribing(event, PACKAGES[event].full(0))
    (dialog,) = dialogs_of(resources, event)
    assert dialog.answer_to_last().status == 200
    forked = dialog.notify_request(PACKAGES[event].full(0))
    dialog.send(forked.replace(dialog.tag.encode(), token().encode()))
    assert dialog.answer_to_last().status == 481


@pytest.mark.req("R3680-4.4-1")
def test_reg_lasts_a_little_longer_than_registrations(subscribing: Subscribing) -> None:
    assert subscribing("reg", PACKAGES["reg"].full(0)).subscribe(None)["Expires"] == "3761"


@pytest.mark.req("R6446-6.2-1")
def test_who_asks_for_more_notifies_gets_them_when_nothing_changes(subscribed: Subscribing) -> None:
    call = subscribed("presence;min-rate=2", State(b"<first/>"))
    for number in (2, 3):
        told = call.notify(number)
        assert not told.full and not told.resources


@pytest.mark.req("R6665-4.4.4-1", "R6665-4.4.4-3")
def test_templates_are_not_named_among_the_events(server: ListServer, new_phone: NewPhone) -> None:
    phone = new_phone("alice", server)
    named = phone.ask(phone.request("OPTIONS", "sip:alice-list@d.test"))["Allow-Events"].split(", ")
    assert sorted(named) == sorted(event for event in EVENTS if not event.endswith(".winfo"))

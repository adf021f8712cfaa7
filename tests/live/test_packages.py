"""Event packages on the wire: pieces become wholes, nothing is left out, notifiers that fork, rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from lxml import etree

from tests.live.conftest import NewPhone, NewServer
from tests.live.rig import documents, list_notify
from tests.live.rig.list_notify import ListNotify
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ListCall, token
from tests.live.rig.presence import BackEndDialog, Domain, Script, State
from tests.live.rig.waiting import eventually


@dataclass(frozen=True)
class Package:
    """A document in full and a piece for it; `ids` are in the whole that they make."""

    event: str
    kind: str
    document: str
    piece: str
    ids: tuple[str, ...]

    def body(self, version: int, state: str) -> bytes:
        text = self.document if state == "full" else self.piece
        return text.format(version=version, state=state).encode()


NS = "urn:ietf:params:xml:ns"
WINFO = (
    f'<watcherinfo xmlns="{NS}:watcherinfo" version="{{version}}" state="{{state}}">'
    '<watcher-list resource="sip:b@x" package="presence">'
    '<watcher id="{id}" status="active" event="approved">sip:{id}@x</watcher>'
    "</watcher-list></watcherinfo>"
)
REG = (
    f'<reginfo xmlns="{NS}:reginfo" version="{{version}}" state="{{state}}">'
    '<registration aor="sip:b@x" id="{id}" state="active"/></reginfo>'
)
CONFERENCE = (
    f'<conference-info xmlns="{NS}:conference-info" entity="sip:c@x" version="{{version}}" state="{{state}}">'
    '<users{users}><user entity="{id}" state="full"/></users></conference-info>'
)
DIALOG = (
    f'<dialog-info xmlns="{NS}:dialog-info" entity="sip:b@x" version="{{version}}" state="{{state}}">'
    '<dialog id="{id}"><state>early</state></dialog></dialog-info>'
)


def package(event: str, kind: str, text: str) -> Package:
    return Package(
        event,
        f"application/{kind}+xml",
        text.replace("{id}", "one").replace("{users}", ""),
        text.replace("{id}", "two").replace("{users}", ' state="partial"'),
        ("one", "two"),
    )


PACKAGES = (
    package("dialog", "dialog-info", DIALOG),
    package("presence.winfo", "watcherinfo", WINFO),
    package("reg", "reginfo", REG),
    package("conference", "conference-info", CONFERENCE),
)


EVENTS = ("presence", "message-summary", "x-odd", *(each.event for each in PACKAGES))


@pytest.fixture(scope="module")
def server(new_server: NewServer) -> Iterator[ListServer]:
    with new_server(RLS_EVENTS=",".join(EVENTS)) as server:
        server.start_worker()
        yield server


Subscribing = Callable[..., ListCall]


@pytest.fixture
def subscribing(server: ListServer, new_phone: NewPhone, resources: Domain, domain: str) -> Subscribing:
    """Alice's subscriptions to a list of bob, who has a state."""
    uri, phone = f"sip:alice-list@{domain}", new_phone("alice", server)
    document = documents.simple(uri, [f"sip:bob@{domain}"], EVENTS)
    server.database.store_list(f"alice@{domain}", uri, document)

    def make(event: str, state: State) -> ListCall:
        resources.scripts[f"sip:bob@{domain}"] = Script(state=state)
        call = phone.call(uri, event, f"multipart/related, application/rlmi+xml, {state.content_type}")
        assert call.subscribe().status == 200
        eventually(lambda: dialogs_of(resources, event.partition(";")[0]), "back end")
        return call

    return make


@pytest.fixture
def subscribed(subscribing: Subscribing) -> Subscribing:
    """The state has been told."""

    def make(event: str, state: State) -> ListCall:
        call = subscribing(event, state)
        call.settled()
        return call

    return make


def dialogs_of(resources: Domain, event: str) -> list[BackEndDialog]:
    """Those of bob."""
    return [dialog for dialog in resources.dialogs if dialog.event == event]


def newest(call: ListCall, uri: str) -> etree._Element:
    """The root of the document that was told last."""
    for message in reversed(call.notifies):
        if (told := list_notify.parse(message)).instances.get(uri):
            return etree.fromstring(told.body_of(uri))
    return etree.Element("nothing")


@pytest.mark.req("R6446-5.4-2")
@pytest.mark.req("R3858-3-1", "R3857-4.1-1", "R3857-4.5-1")
@pytest.mark.req("R4662-4.6-3", "R4235-4.3-1", "R3857-4.3-1")
def test_a_piece_is_told_as_the_whole_that_it_makes(
    subscribing: Subscribing, resources: Domain, domain: str
) -> None:
    """All packages at once, since most have pauses of five seconds."""
    bob = f"sip:bob@{domain}"
    calls = {
        each: subscribing(each.event, State(each.body(0, "full"), content_type=each.kind))
        for each in PACKAGES
    }
    for each in PACKAGES:
        (dialog,) = dialogs_of(resources, each.event)
        assert dialog.notify(each.body(1, "partial"), kind=each.kind).status == 200
    for each, call in calls.items():
        eventually(lambda call=call: is_merged(newest(call, bob)), each.event)  # type: ignore[misc]
        root = newest(call, bob)
        named = {name for element in root.iter() for name in (element.get("id"), element.get("entity"))}
        assert named >= set(each.ids), each.event


def is_merged(root: etree._Element) -> bool:
    return (root.get("version"), root.get("state")) == ("1", "full")


@pytest.mark.req("R4662-4.6-3")
def test_every_body_of_an_unknown_package_is_told_in_order(
    subscribed: Subscribing, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = subscribed("x-odd", State(b"none", content_type="application/x-odd"))
    bodies = [b"one", b"two", b"three"]
    for body in bodies:
        assert resources.dialog(bob).notify(body, kind="application/x-odd").status == 200
    assert [call.notify(number).body_of(bob) for number in (2, 3, 4)] == bodies


def instances(told: ListNotify, uri: str) -> dict[str, tuple[str, bytes]]:
    return {each.id: (each.state, each.body) for each in told.instances[uri]}


SUMMARIES = "message-summary", "application/simple-message-summary", (b"Waiting: no\r\n", b"Waiting: yes\r\n")
DIALOGS = "dialog", PACKAGES[0].kind, (PACKAGES[0].body(0, "full"), PACKAGES[0].body(1, "full"))


@pytest.mark.req("R3842-3.1-1")
@pytest.mark.req("R6665-4.1.4-1", "R4662-5.5-1", "R4662-5.5-3", "R3842-3.10-1", "R4235-3.9-1")
@pytest.mark.parametrize(("event", "kind", "bodies"), [SUMMARIES, DIALOGS], ids=["summaries", "dialogs"])
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


def complete(event: str) -> State:
    (each,) = [each for each in PACKAGES if each.event == event]
    return State(each.body(0, "full"), content_type=each.kind)


@pytest.mark.req("R4575-3.9-1", "R3680-4.4-1")
@pytest.mark.parametrize("event", ["conference", "reg"])
def test_these_packages_have_one_notifier(subscribing: Subscribing, resources: Domain, event: str) -> None:
    subscribing(event, complete(event))
    (dialog,) = dialogs_of(resources, event)
    assert dialog.answer_to_last().status == 200
    forked = dialog.notify_request(complete(event))
    dialog.send(forked.replace(dialog.tag.encode(), token().encode()))
    assert dialog.answer_to_last().status == 481


@pytest.mark.req("R3680-4.4-1")
def test_reg_lasts_a_little_longer_than_registrations(subscribing: Subscribing) -> None:
    assert subscribing("reg", complete("reg")).subscribe(None)["Expires"] == "3761"


@pytest.mark.req("R6446-6.2-1")
def test_who_asks_for_more_notifies_gets_them_when_nothing_changes(subscribed: Subscribing) -> None:
    call = subscribed("presence;min-rate=2", State(b"<first/>"))
    for number in (2, 3):
        told = call.notify(number)
        assert not told.full and not told.resources


@pytest.mark.req("R6665-4.4.4-1", "R6665-4.4.4-3")
def test_templates_are_not_named_among_the_events(server: ListServer, new_phone: NewPhone) -> None:
    phone = new_phone("alice", server)
    named = {*phone.ask(phone.request("OPTIONS", "sip:alice-list@d.test"))["Allow-Events"].split(", ")}
    assert named == {"presence", "message-summary", "x-odd", "dialog", "reg", "conference", "xcap-diff"}

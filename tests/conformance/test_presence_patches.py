"""Partial presence (RFC 5262, RFC 5263): asked of back ends for who takes it, and told as a whole."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.conformance.conftest import NewPhone
from tests.conformance.situations import Peers
from tests.live.rig.phone import ACCEPT, ListCall, Phone
from tests.live.rig.presence import Script, State
from tests.live.rig.waiting import eventually

PATCHES = "application/pidf-diff+xml"
NAMESPACES = 'xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff"'


def full(note: str, version: int = 1) -> bytes:
    return f'<p:pidf-full {NAMESPACES} version="{version}"><note>{note}</note></p:pidf-full>'.encode()


def diff(note: str, version: int) -> bytes:
    change = f'<p:replace sel="presence/note/text()">{note}</p:replace>'
    return f'<p:pidf-diff {NAMESPACES} version="{version}">{change}</p:pidf-diff>'.encode()


def taking_patches(phone: Phone, peers: Peers) -> ListCall:
    """A subscription that was accepted."""
    call = phone.call(peers.subject.list_uri, accept=f"{ACCEPT}, {PATCHES}")
    assert call.subscribe().status == 200
    return call


def telling(peers: Peers, note: str) -> None:
    """Back ends say this to who subscribes from now on."""
    peers.resources.scripts[peers.member] = Script(state=State(full(note), content_type=PATCHES))


def told(call: ListCall, member: str) -> list[tuple[str, int, str]]:
    """Kind, version and note of each document about the member, in the order of their arrival."""
    roots = [
        etree.fromstring(instance.body)
        for number in range(len(call.notifies))
        for instance in call.notify(number).instances.get(member, [])
    ]
    return [(etree.QName(root).localname, int(root.attrib["version"]), root[0].text or "") for root in roots]


@pytest.mark.req("R5263-4.2-1")
def test_patches_are_asked_for_while_the_watcher_takes_them(peers: Peers, new_phone: NewPhone) -> None:
    short = State(full("n"), "active;expires=3", PATCHES)
    peers.resources.scripts[peers.member] = Script(state=short)
    call = taking_patches(peers.phone, peers)
    dialog = peers.resources.dialog(peers.member)
    assert {PATCHES, "application/pidf+xml"} <= {*dialog.first["Accept"].split(", ")}
    assert call.subscribe(3600, [f"Accept: {ACCEPT}", "Supported: eventlist"]).status == 200
    before = len(dialog.subscribes) + 1  # one may be under way
    refresh = eventually(lambda: dialog.subscribes[before:], "a refresh")[0]
    assert PATCHES not in refresh["Accept"]
    new_phone(peers.subject).subscribe(peers.subject.list_uri)
    assert PATCHES not in peers.resources.dialog(peers.member, count=2).first["Accept"]


@pytest.mark.req("R5263-4.4-1", "R5262-3.1-1")
def test_patches_are_told_as_wholes_that_are_numbered_on(peers: Peers) -> None:
    telling(peers, "one")
    call = taking_patches(peers.phone, peers)
    call.settled()
    dialog = peers.resources.dialog(peers.member)
    news = (diff("two", 2), diff("three", 3), full("four", 4), diff("five", 5))
    for version, body in enumerate(news, start=2):
        assert dialog.notify(body, kind=PATCHES).status == 200
        call.notify(version)
    notes = ("one", "two", "three", "four", "five")
    wholes = [("pidf-full", number, note) for number, note in enumerate(notes, start=1)]
    assert told(call, peers.member) == wholes


@pytest.mark.req("R5263-4.4-1", "R5262-3.1-1")
def test_a_second_subscription_of_the_same_user_begins_with_a_whole(
    peers: Peers, new_phone: NewPhone
) -> None:
    """What is known is shown at once; its own back end begins with 1, its watcher sees numbers rise."""
    telling(peers, "one")
    first = taking_patches(peers.phone, peers)
    first.settled()
    for number in (2, 3):
        peers.resources.dialog(peers.member).notify(diff(f"v{number}", number), kind=PATCHES)
        first.notify(number)
    telling(peers, "own")
    second = taking_patches(new_phone(peers.subject), peers)
    second.settled()
    dialog = peers.resources.dialog(peers.member, count=2)
    assert dialog.notify(diff("patched", 2), kind=PATCHES).status == 200
    second.notify(2)
    known = told(second, peers.member)
    assert known[0] == ("pidf-full", 3, "v3")
    assert [note for _, _, note in known[1:]] == ["own", "patched"]
    assert {kind for kind, _, _ in known} == {"pidf-full"}
    versions = [version for _, version, _ in known]
    assert versions == sorted(set(versions))

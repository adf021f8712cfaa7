"""Back ends that tell only what changed: nothing is lost between two NOTIFYs of the list."""

from __future__ import annotations

import pytest
from lxml import etree

from sipworker.engine.back_ends import MAX_PARTIALS
from sipworker.engine.news import MOST_BEHIND
from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio

TYPE = "application/dialog-info+xml"


def document(version: int, state: str) -> bytes:
    return f'<dialog-info version="{version}" state="{state}" entity="{BOB}"/>'.encode()


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))
    rig.server.bodies = {BOB: document(0, "full")}


@pytest.mark.req("R4662-4.6-3", "R4235-4.3-1", "R6446-5.4-2")
async def test_pieces_in_one_batch_reach_the_watcher_as_one_whole(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed(event="dialog")
    for version, dialog in ((1, '<dialog id="a"/>'), (2, '<dialog id="b"/>')):
        piece = document(version, "partial").replace(b"/>", f">{dialog}</dialog-info>".encode())
        notify = rig.server.tell(BOB, piece, content_type=TYPE)
        await rig.quiet()
        assert rig.server.answers_to(notify) == [200]
    assert len(rig.server.subscribes(BOB)) == 1
    assert await rig.tick() == 1
    root = etree.fromstring(rig.phone.told[-1].body(BOB))
    assert dict(root.attrib) == {"version": "2", "state": "full", "entity": BOB}
    assert [child.get("id") for child in root] == ["a", "b"]


@pytest.mark.req("R4235-4.3-1", "R3857-4.3-1")
async def test_after_a_gap_the_complete_document_is_asked_for(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed(event="dialog")
    notifies = [rig.server.tell(BOB, document(version, "partial"), content_type=TYPE) for version in (2, 3)]
    rig.server.bodies[BOB] = document(4, "full")
    await rig.quiet()
    assert [rig.server.answers_to(notify) for notify in notifies] == [[200], [200]]
    assert len(rig.server.subscribes(BOB)) == 2
    assert await rig.tick() == 1
    assert rig.phone.told[-1].body(BOB) == document(4, "full")


@pytest.mark.req("R4235-4.1-1")
async def test_a_back_end_that_starts_anew_goes_on_counting(rig: Rig) -> None:
    rig.server.bodies = {BOB: document(7, "full")}
    await rig.start()
    await rig.subscribed(event="dialog")
    rig.server.bodies = {BOB: document(0, "full").replace(BOB.encode(), b"sip:x")}
    rig.server.tell(BOB, b"", "terminated;reason=deactivated")
    await rig.pass_time(1)
    await rig.tick()
    assert rig.phone.told[-1].body(BOB) == document(8, "full").replace(BOB.encode(), b"sip:x")


async def test_a_refresh_never_shows_a_piece(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed(event="dialog")
    rig.server.refusals = {BOB: 0}  # the full document is late
    rig.server.tell(BOB, document(2, "partial"), content_type=TYPE)
    await rig.quiet()
    rig.phone.refresh(event="dialog")
    await rig.quiet()
    assert rig.phone.told[-1].body(BOB) == document(0, "full")


async def test_a_notifier_that_sends_only_pieces_is_passed_on(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed(event="dialog")
    rig.server.refusals = {BOB: 0}
    for version in range(2, MAX_PARTIALS + 3):
        rig.server.tell(BOB, document(version, "partial"), content_type=TYPE)
        await rig.quiet()
    await rig.tick()
    assert rig.phone.told[-1].body(BOB) == document(MAX_PARTIALS + 2, "partial")


# -- packages of which nobody knows what a body leaves out


async def told_one_by_one(rig: Rig, *bodies: bytes) -> None:
    await rig.start(events=("presence", "x-odd"))
    await rig.subscribed(event="x-odd")
    for body in bodies:
        rig.server.tell(BOB, body, content_type="application/x-odd")
        await rig.quiet()


@pytest.mark.req("R4662-4.6-3", "R5875-4.3-1")
async def test_every_body_is_delivered_in_order(rig: Rig) -> None:
    await told_one_by_one(rig, b"one", b"two", b"three")
    before = len(rig.phone.told)
    assert await rig.tick() == 1
    assert [told.body(BOB) for told in rig.phone.told[before:]] == [b"one", b"two", b"three"]
    assert [told.version for told in rig.phone.told] == list(range(before + 3))


async def test_a_body_whose_notify_failed_is_told_again_before_the_next(rig: Rig) -> None:
    await told_one_by_one(rig, b"one", b"two")
    rig.phone.answers = [500]
    await rig.tick()
    await rig.pass_time(10)
    assert [told.body(BOB) for told in rig.phone.told[-3:]] == [b"one", b"one", b"two"]


async def test_a_full_state_in_between_shows_the_oldest_untold_body(rig: Rig) -> None:
    await told_one_by_one(rig, b"one", b"two")
    before = len(rig.phone.told)
    rig.phone.refresh(event="x-odd")
    await rig.quiet()
    assert [told.body(BOB) for told in rig.phone.told[before:]] == [b"one", b"two"]


async def test_too_many_untold_bodies_are_replaced_by_the_complete_state(rig: Rig) -> None:
    await told_one_by_one(rig, *(b"%d" % number for number in range(MOST_BEHIND + 2)))
    assert len(rig.server.subscribes(BOB)) == 2
    (watcher,) = rig.worker.watchers._by_id.values()
    assert len(watcher.resources[BOB].behind) < 5


# -- what back ends are offered


@pytest.mark.req("R5263-4.2-1", "R3856-6.7-1")
async def test_patches_of_presence_are_offered_as_long_as_the_watcher_takes_them(rig: Rig) -> None:
    rig.server.bodies = {}
    await rig.start()
    rig.phone.subscribe(accept="multipart/related, application/rlmi+xml, application/pidf-diff+xml")
    await rig.quiet()
    assert "application/pidf-diff+xml" in rig.server.subscribes(BOB)[0].values("accept")
    rig.phone.refresh()
    await rig.quiet()
    await rig.pass_time(3600)
    assert rig.server.subscribes(BOB)[-1].values("accept") == ["application/pidf+xml"]


PIDF_DIFF = "application/pidf-diff+xml"
ROOT = 'xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff"'


@pytest.mark.req("R5263-4.4-1", "R5262-3.1-1")
async def test_patches_of_presence_become_the_whole(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    full = f'<p:pidf-full {ROOT} version="1"><note>n</note></p:pidf-full>'
    diff = (
        f'<p:pidf-diff {ROOT} version="2"><p:replace sel="presence/note/text()">m</p:replace></p:pidf-diff>'
    )
    for body in (full, diff):
        rig.server.tell(BOB, body.encode(), content_type=PIDF_DIFF)
        await rig.quiet()
    await rig.tick()
    root = etree.fromstring(rig.phone.told[-1].body(BOB))
    assert (etree.QName(root).localname, root.get("version"), root[0].text) == ("pidf-full", "2", "m")


async def test_types_of_an_unknown_package_are_those_that_the_watcher_takes(rig: Rig) -> None:
    await rig.start(events=("x-odd",))
    rig.phone.subscribe(event="x-odd", accept="multipart/related, application/rlmi+xml, a/b, c/d;q=0.5")
    await rig.quiet()
    assert rig.server.subscribes(BOB)[0].values("accept") == ["a/b", "c/d"]

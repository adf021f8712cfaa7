"""Back ends that tell only what changed: the full document is asked for and passed on."""

from __future__ import annotations

import pytest

from sipworker.engine.back_ends import MAX_PARTIALS
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
async def test_partial_changes_reach_the_watcher_as_one_full_document(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed(event="dialog")
    notifies = [rig.server.tell(BOB, document(version, "partial"), content_type=TYPE) for version in (1, 2)]
    rig.server.bodies[BOB] = document(3, "full")
    await rig.quiet()
    assert [rig.server.answers_to(notify) for notify in notifies] == [[200], [200]]
    assert len(rig.server.subscribes(BOB)) == 2
    assert await rig.tick() == 1
    assert rig.phone.told[-1].body(BOB) == document(3, "full")


async def test_a_refresh_never_shows_a_piece(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed(event="dialog")
    rig.server.refusals = {BOB: 0}  # the full document is late
    rig.server.tell(BOB, document(1, "partial"), content_type=TYPE)
    await rig.quiet()
    rig.phone.refresh(event="dialog")
    await rig.quiet()
    assert rig.phone.told[-1].body(BOB) == document(0, "full")


async def test_a_notifier_that_sends_only_pieces_is_passed_on(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed(event="dialog")
    rig.server.refusals = {BOB: 0}
    for version in range(1, MAX_PARTIALS + 2):
        rig.server.tell(BOB, document(version, "partial"), content_type=TYPE)
        await rig.quiet()
    await rig.tick()
    assert rig.phone.told[-1].body(BOB) == document(MAX_PARTIALS + 1, "partial")

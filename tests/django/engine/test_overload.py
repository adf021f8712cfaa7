"""Too much to do: what was begun goes on, new SUBSCRIBEs are sent away early and cheaply."""

from __future__ import annotations

import pytest

from sipworker.engine.admission import OVERLOADED
from tests.django.engine.lists import BOB, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _one_friend(rig: Rig) -> None:
    rig.lists.put(service(BOB))


@pytest.mark.req("R3261-20.33-1")
@pytest.mark.parametrize("queue", ["writer", "directory"])
async def test_new_subscribe_is_sent_away_while_others_wait_too_long(rig: Rig, queue: str) -> None:
    await rig.start()
    waiting = rig.worker.writer.age if queue == "writer" else rig.worker.directory.age
    waiting.begin(rig.clock.now() - OVERLOADED - 1)
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.statuses == [503]
    assert 5 <= int(rig.phone.responses[-1].header("retry-after") or 0) <= 15
    assert rig.server.requests == []


async def test_new_subscribe_is_sent_away_while_datagrams_come_too_fast(rig: Rig) -> None:
    await rig.start()
    rig.worker.admission._overflow = lambda now: OVERLOADED + 1
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.statuses == [503]


async def test_refresh_is_served_while_others_wait_too_long(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.worker.directory.age.begin(rig.clock.now() - OVERLOADED - 1)
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.statuses[-1] == 200


async def test_after_the_rush_everybody_is_served_again(rig: Rig) -> None:
    await rig.start()
    rig.worker.directory.age.begin(rig.clock.now() - OVERLOADED - 1)
    rig.worker.directory.age.take()
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.statuses == [503]
    rig.worker.directory.age.done()
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.statuses[-1] == 200

"""What operators order is done by the worker, and written down."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from rls import orders
from rls.models import Order, Watcher
from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


Kind = Order.Kind


async def order(rig: Rig, kind: Kind, reason: str = "") -> Order:
    """Give it for all subscriptions, and wait until it is done."""

    def give() -> Order:
        (given,) = orders.for_watchers(kind, Watcher.objects.all(), "tests", reason)
        return given

    given = await sync_to_async(give)()
    await done(rig, given)
    return given


async def done(rig: Rig, given: Order) -> None:
    for _ in range(100):
        await rig.quiet()
        await sync_to_async(given.refresh_from_db)()
        if given.done:
            return
    raise AssertionError("the order was not done")


async def test_full_state_is_sent_at_once(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    given = await order(rig, Kind.FULL_STATE)
    await rig.told(3)
    assert rig.phone.told[2].full
    assert given.result == "full state is on its way"


async def test_end_tells_the_reason_to_the_watcher(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await order(rig, Kind.END, "rejected")
    await rig.told(3)
    assert rig.phone.told[2].state == "terminated;reason=rejected"


async def test_worker_that_was_away_does_it_when_it_is_back(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await rig.crash()
    given = (await sync_to_async(orders.for_watchers)(Kind.END, await _watchers(), "tests", "giveup"))[0]
    await rig.start()
    await done(rig, given)
    await rig.told(3)
    assert rig.phone.told[-1].state == "terminated;reason=giveup"


async def test_order_for_what_is_over_is_done_with(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    watchers = await _watchers()
    await order(rig, Kind.END, "rejected")
    given = (await sync_to_async(orders.for_watchers)(Kind.RETRY, watchers, "tests"))[0]
    await done(rig, given)
    assert given.result == "over already"


async def _watchers() -> list[Watcher]:
    return await sync_to_async(lambda: list(Watcher.objects.all()))()

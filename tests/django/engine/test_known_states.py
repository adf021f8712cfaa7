"""What one subscription of a user knows, another of the same user shows at once (RFC 4662 section 4.5)."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, CAROL, DAVE, service
from tests.django.engine.phone import Phone
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio

TEAM = "sip:team@example.test"


@pytest.fixture(autouse=True)
def _two_lists(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL), service(CAROL, DAVE, uri=TEAM, document=2))


@pytest.fixture
def second(rig: Rig) -> Phone:
    """Another phone of alice's."""
    return Phone(rig.network, ("10.0.0.3", 5062))


@pytest.mark.req("R4662-4.5-11", "R4662-4.5-13")
async def test_the_second_subscription_begins_with_known_states(rig: Rig, second: Phone) -> None:
    await rig.start()
    await rig.subscribed()
    second.subscribe()
    await rig.quiet()
    assert second.told[0].full
    assert second.told[0].states == {uri: ("active", None, f"<{uri}/>".encode()) for uri in (BOB, CAROL)}


@pytest.mark.req("R4662-4.5-11")
async def test_what_several_lists_name_is_known_of_all(rig: Rig, second: Phone) -> None:
    await rig.start()
    await rig.subscribed()
    second.subscribe(TEAM)
    await rig.quiet()
    assert second.told[0].states == {CAROL: ("active", None, f"<{CAROL}/>".encode()), DAVE: None}


async def test_what_an_ending_subscription_knew_is_not_shown(rig: Rig, second: Phone) -> None:
    """It hears nothing new any more, and waits for half a minute if the answer to its last NOTIFY is lost."""
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [0] * 20
    rig.phone.refresh("0")
    await rig.quiet()
    second.subscribe()
    await rig.quiet()
    assert len(rig.worker.watchers) == 2
    assert second.told[0].states == {BOB: None, CAROL: None}
    assert second.told[-1].body(BOB)


@pytest.mark.req("R4662-7.2-1")
async def test_what_another_user_knows_is_not_shown(rig: Rig) -> None:
    await rig.start(list_access="anyone")
    await rig.subscribed()
    other = Phone(rig.network, ("10.0.0.3", 5062), "sip:mallory@example.test")
    rig.server.refusals = {BOB: 0, CAROL: 0}
    other.subscribe()
    await rig.quiet()
    assert other.told[0].states == {BOB: None, CAROL: None}


@pytest.mark.req("R4662-4-1")
async def test_what_is_known_of_another_package_is_not_shown(rig: Rig, second: Phone) -> None:
    await rig.start()
    await rig.subscribed()
    second.subscribe(event="dialog")
    await rig.quiet()
    assert second.told[0].states == {BOB: None, CAROL: None}


async def test_losses_are_not_shown(rig: Rig, second: Phone) -> None:
    rig.server.refusals = {BOB: 503}
    await rig.start()
    await rig.subscribed()
    second.subscribe()
    await rig.quiet()
    assert second.told[0].states[BOB] is None


async def test_its_own_back_end_has_the_last_word(rig: Rig, second: Phone) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.refusals = {BOB: 403}
    second.subscribe()
    await rig.quiet()
    assert second.told[0].body(BOB)
    assert second.told[-1].states[BOB] == ("terminated", "rejected", b"")


@pytest.mark.req("R4662-5.2-6")
async def test_versions_of_two_subscriptions_are_their_own(rig: Rig, second: Phone) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.refresh()
    await rig.quiet()
    second.subscribe()
    await rig.quiet()
    assert [told.version for told in rig.phone.told] == [0, 1, 2]
    assert second.told[0].version == 0

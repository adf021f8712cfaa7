"""What a back end's refusals and ends mean for the watcher, and when it is asked again (tables B3, B3a)."""

from __future__ import annotations

import time

import pytest

from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


def asked(rig: Rig) -> int:
    """How many subscriptions to bob were begun."""
    return len({request.call_id for request in rig.server.subscribes(BOB)})


@pytest.mark.req("R4662-4.5-8", "R4662-5.5-5")
@pytest.mark.parametrize(
    ("code", "reason"), [(403, "rejected"), (404, "noresource"), (489, "noresource"), (482, "noresource")]
)
async def test_a_refusal_for_good_is_told_and_not_repeated(rig: Rig, code: int, reason: str) -> None:
    rig.server.refusals = {BOB: code}
    await rig.start()
    await rig.subscribed()
    assert rig.phone.told[1].states[BOB] == ("terminated", reason, b"")
    await rig.pass_time(300)
    assert asked(rig) == 1


@pytest.mark.req("R4662-4.5-9", "R4662-5.5-6")
async def test_a_failure_for_now_is_told_and_tried_again_ever_more_slowly(rig: Rig) -> None:
    rig.server.refusals = {BOB: 503}
    await rig.start()
    began = int(time.time())
    await rig.subscribed()
    assert rig.phone.told[1].states[BOB] == ("terminated", "probation", b"")
    ((next_try,),) = await rig.select("select expires from rls_presentity where resource_uri = %s", BOB)
    assert began + 4 <= next_try <= time.time() + 4.5  # operators see it
    counts = []
    for _ in range(4):
        await rig.pass_time(15.5)
        counts.append(asked(rig))
    assert counts == [3, 4, 4, 5]  # after 4, 12, 28 and 60 seconds
    rig.server.refusals = {}
    await rig.pass_time(65)
    await rig.tick()
    assert rig.phone.told[-1].body(BOB) == f"<{BOB}/>".encode()


async def test_retry_after_is_honoured(rig: Rig) -> None:
    rig.server.refusals, rig.server.refusal_headers = {BOB: 503}, (("Retry-After", "100 (later)"),)
    await rig.start()
    await rig.subscribed()
    await rig.pass_time(99)
    assert asked(rig) == 1
    await rig.pass_time(2)
    assert asked(rig) == 2


@pytest.mark.req("R6665-4.1.2.4-1")
async def test_silence_is_probation(rig: Rig) -> None:
    rig.server.refusals = {BOB: 0}
    await rig.start()
    await rig.subscribed(settle=False)
    await rig.pass_time(33)
    await rig.tick()
    assert rig.phone.told[-1].states[BOB] == ("terminated", "probation", b"")


async def test_a_host_that_is_not_found_is_probation(rig: Rig) -> None:
    rig.lists.put(service("sip:erin@nowhere"))
    await rig.start()
    await rig.subscribed()
    assert rig.phone.told[1].states == {"sip:erin@nowhere": ("terminated", "probation", b"")}


@pytest.mark.req("R6665-4.1.3-6", "R6665-4.1.3-9", "R4662-5.5-6")
@pytest.mark.parametrize("reason", ["deactivated", "timeout"])
async def test_a_subscription_that_was_moved_is_begun_again_and_the_state_stands(
    rig: Rig, reason: str
) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"", f"terminated;reason={reason};retry-after=60")
    await rig.quiet()
    await rig.pass_time(1)
    assert asked(rig) == 2
    assert await rig.tick() == 0
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].states[BOB] == ("active", None, f"<{BOB}/>".encode())


@pytest.mark.req("R4662-4.5-6")
async def test_if_that_try_fails_the_loss_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.refusals = {BOB: 503}
    rig.server.tell(BOB, b"", "terminated;reason=deactivated")
    await rig.quiet()
    await rig.pass_time(1)
    await rig.tick()
    assert rig.phone.told[-1].states == {BOB: ("terminated", "probation", b"")}


async def test_a_back_end_that_ends_each_subscription_is_not_asked_without_pause(rig: Rig) -> None:
    rig.server.states = {BOB: "terminated;reason=deactivated"}
    await rig.start()
    await rig.subscribed(settle=False)
    await rig.pass_time(10)
    assert asked(rig) <= 4


@pytest.mark.req("R6665-4.1.3-8", "R6665-4.1.3-11", "R6665-4.1.3-12", "R6665-4.1.3-13", "R4662-4.5-6")
@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("rejected", "rejected"),
        ("noresource", "noresource"),
        ("invariant", "invariant"),
        ("unheard", "probation"),
    ],
)
async def test_an_end_for_another_reason_is_told(rig: Rig, reason: str, told: str) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"", f"terminated;reason={reason}")
    await rig.quiet()
    await rig.tick()
    body = f"<{BOB}/>".encode() if told == "invariant" else b""
    assert rig.phone.told[-1].states == {BOB: ("terminated", told, body)}
    before = asked(rig)
    await rig.pass_time(10)
    assert asked(rig) == before + (told == "probation")


@pytest.mark.req("R4662-4.5-7")
async def test_the_same_loss_is_told_once(rig: Rig) -> None:
    rig.server.refusals = {BOB: 503}
    await rig.start()
    await rig.subscribed()
    await rig.pass_time(30)
    assert await rig.tick() == 0
    assert len(rig.phone.told) == 2


async def test_nothing_is_tried_again_for_a_watcher_that_left(rig: Rig) -> None:
    rig.server.refusals = {BOB: 503}
    await rig.start()
    await rig.subscribed()
    rig.phone.refresh(expires="0")
    await rig.quiet()
    await rig.pass_time(60)
    assert asked(rig) == 1
    assert len(rig.worker.agent.subscriptions) == 0


@pytest.mark.req("R4662-4.5-6")
async def test_a_known_state_stands_for_the_grace_time(rig: Rig) -> None:
    await rig.start(grace_time=10.0)
    await rig.subscribed()
    rig.server.refusals = {BOB: 503}
    rig.server.tell(BOB, b"", "terminated;reason=deactivated")
    await rig.quiet()
    await rig.pass_time(9)
    assert asked(rig) == 3
    assert await rig.tick() == 0
    await rig.pass_time(2)
    await rig.tick()
    assert rig.phone.told[-1].states == {BOB: ("terminated", "probation", b"")}


async def test_who_answers_again_in_the_grace_time_was_never_away(rig: Rig) -> None:
    await rig.start(grace_time=10.0)
    await rig.subscribed()
    rig.server.refusals = {BOB: 503}
    rig.server.tell(BOB, b"", "terminated;reason=deactivated")
    await rig.quiet()
    rig.server.refusals = {}
    await rig.pass_time(20)
    assert await rig.tick() == 0
    assert len(rig.phone.told) == 2


async def test_a_refusal_for_good_ends_the_grace_time(rig: Rig) -> None:
    await rig.start(grace_time=10.0)
    await rig.subscribed()
    rig.server.refusals = {BOB: 503}
    rig.server.tell(BOB, b"", "terminated;reason=deactivated")
    await rig.quiet()
    rig.server.refusals = {BOB: 403}
    await rig.pass_time(5)
    await rig.tick()
    assert rig.phone.told[-1].states == {BOB: ("terminated", "rejected", b"")}


@pytest.mark.req("R4662-7.3-2")
async def test_signed_bodies_are_asked_for_if_the_watcher_takes_them(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(accept="multipart/related, application/rlmi+xml, Multipart/Signed")
    await rig.quiet()
    assert rig.server.subscribes(BOB)[0].values("accept") == ["application/pidf+xml", "multipart/signed"]


@pytest.mark.req("R4662-7.3-2", "R3261-8.1.3.5-1")
@pytest.mark.parametrize("code", [406, 415])
async def test_a_back_end_that_wants_less_is_asked_for_less_once(rig: Rig, code: int) -> None:
    rig.server.refusals = {BOB: code}
    await rig.start()
    rig.phone.subscribe(accept="multipart/related, application/rlmi+xml, multipart/signed")
    await rig.quiet()
    accepts = [request.values("accept") for request in rig.server.subscribes(BOB)]
    assert accepts == [["application/pidf+xml", "multipart/signed"], ["application/pidf+xml"]]
    assert rig.phone.told[1].states[BOB] == ("terminated", "giveup", b"")

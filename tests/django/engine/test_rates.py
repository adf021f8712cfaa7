"""Watchers that are told less often than ticks come, or at least so often (RFC 6446, floors of packages)."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, CAROL, FRIENDS, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


async def changed(rig: Rig, body: bytes) -> None:
    rig.server.tell(BOB, body)
    await rig.quiet()
    await rig.tick()


@pytest.mark.req("R6446-5.4-1", "R6446-5.2-1", "R6446-5.2-2")
async def test_max_rate_limits_the_list_as_a_whole(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(event="presence;max-rate=0.1")
    await rig.quiet()
    before = len(rig.phone.told)
    await rig.pass_time(11)
    told = len(rig.phone.told)
    assert told == before + 1  # what the back ends answered at first
    assert ";max-rate=0.1" in rig.phone.told[-1].state
    await changed(rig, b"<one/>")
    await changed(rig, b"<two/>")
    await rig.pass_time(8)
    assert len(rig.phone.told) == told
    await rig.pass_time(4)
    assert [each.body(BOB) for each in rig.phone.told[told:]] == [b"<two/>"]
    rig.phone.refresh(event="presence;max-rate=0.1")
    await rig.quiet()
    assert rig.phone.told[-1].full  # a SUBSCRIBE is answered at once


@pytest.mark.req("R6446-6.2-1")
async def test_min_rate_brings_an_empty_notify_when_nothing_changes(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(event="presence;min-rate=0.2")
    await rig.quiet()
    told = len(rig.phone.told)
    await rig.pass_time(16)
    empty = [each for each in rig.phone.told[told:] if not each.states]
    assert len(empty) >= 2 and not empty[0].full


@pytest.mark.req("R3857-4.10-1")
async def test_a_package_has_its_pause(rig: Rig) -> None:
    await rig.start(events=("presence.winfo",))
    await rig.subscribed(event="presence.winfo", settle=False)
    await rig.pass_time(6)
    told = len(rig.phone.told)
    await changed(rig, b"<watcherinfo version='1' state='full'/>")
    await changed(rig, b"<watcherinfo version='2' state='full'/>")
    await rig.pass_time(3)
    assert len(rig.phone.told) == told
    await rig.pass_time(3)
    assert len(rig.phone.told) == told + 1


@pytest.mark.req("R3856-6.10-1")
async def test_an_operator_sets_longer_times_for_a_package(rig: Rig) -> None:
    await rig.start(waitn_times={"presence": 5.0})
    await rig.subscribed(settle=False)
    await rig.pass_time(6)
    told = len(rig.phone.told)
    for number in range(10):
        await changed(rig, b"<%d/>" % number)
        await rig.pass_time(1)
    assert 1 <= len(rig.phone.told) - told <= 3


async def test_what_was_held_back_is_told_after_a_restart(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(event="presence;max-rate=0.1")
    await rig.quiet()
    await rig.pass_time(11)
    await changed(rig, b"<held/>")
    await rig.crash()
    await rig.start()
    await rig.quiet()
    assert rig.phone.told[-1].body(BOB) == b"<held/>"


@pytest.mark.req("R4235-3.2-1")
async def test_other_parameters_of_event_go_to_back_ends(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(event="dialog;max-rate=1;include-session-description;id=7")
    await rig.quiet()
    assert rig.server.subscribes(BOB)[0].header("event") == "dialog;include-session-description"


async def test_an_operator_sets_a_shorter_time_for_a_list(rig: Rig) -> None:
    await rig.start(waitn_times={FRIENDS: 0.2}, waitn_time=60.0)
    await rig.subscribed(settle=False)
    await rig.pass_time(1)
    told = len(rig.phone.told)
    rig.server.tell(BOB, b"<one/>")
    rig.server.tell(CAROL, b"<two/>")
    await rig.pass_time(0.4)  # without a tick
    (notify,) = rig.phone.told[told:]
    assert (notify.body(BOB), notify.body(CAROL)) == (b"<one/>", b"<two/>")


@pytest.mark.req("R4235-3.10-1", "R3842-3.11-1", "R3842-3.12-1")
@pytest.mark.parametrize("event", ["dialog", "message-summary"])
async def test_five_changes_in_a_second_make_one_notify_of_all(rig: Rig, event: str) -> None:
    """Also where ticks would come more often."""
    await rig.start(events=(event,), waitn_time=0.1)
    await rig.subscribed(event=event, settle=False)
    await rig.pass_time(3)
    rig.server.tell(CAROL, b"<carol/>")
    await rig.pass_time(0.2)
    told = len(rig.phone.told)
    for number in range(5):
        await changed(rig, b"<bob number='%d'/>" % number)
        await rig.pass_time(0.1)
    rig.server.tell(CAROL, b"<changed/>")
    assert len(rig.phone.told) == told
    await rig.pass_time(0.6)
    (notify,) = rig.phone.told[told:]
    assert set(notify.states) == {BOB, CAROL}


@pytest.mark.req("R6446-4.1-1")
@pytest.mark.parametrize("asked", [";max-rate=1", ""])
async def test_only_who_asked_for_rates_may_change_them_by_an_answer(rig: Rig, asked: str) -> None:
    await rig.start()
    rig.phone.answer_headers = (("Event", "presence;max-rate=0.05"),)
    rig.phone.subscribe(event=f"presence{asked}")
    await rig.quiet()
    await rig.pass_time(2)
    await changed(rig, b"<next/>")
    await rig.pass_time(21)
    assert rig.phone.told[-1].body(BOB) == b"<next/>"
    assert (";max-rate=0.05" in rig.phone.told[-1].state) == bool(asked)


@pytest.mark.req("R6446-5.5.1-1")
async def test_when_everybody_has_changed_full_state_is_told(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(event="presence;max-rate=0.1")
    await rig.quiet()
    await rig.pass_time(11)
    assert rig.phone.told[-1].full  # what the back ends answered at first
    await changed(rig, b"<one/>")
    await rig.pass_time(11)
    assert not rig.phone.told[-1].full
    await changed(rig, b"<two/>")
    rig.server.tell(CAROL, b"<two/>")
    await rig.pass_time(11)
    assert rig.phone.told[-1].full

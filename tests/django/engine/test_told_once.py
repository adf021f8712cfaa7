"""A NOTIFY tells what was committed when it was numbered; what comes later is told by the next, and once."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _list(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


async def _says(rig: Rig, *bodies: bytes) -> None:
    """Bob's presence server, each committed."""
    for body in bodies:
        rig.server.tell(BOB, body)
        await rig.quiet()


async def _hangs(rig: Rig) -> None:
    """The phone has a NOTIFY of Carol's, the third it got, and has not answered it."""
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [0]
    rig.server.tell(CAROL, b"<change/>")
    await rig.quiet()
    await rig.tick()


async def _fails(rig: Rig) -> int:
    """The phone has refused a NOTIFY of Bob's; how many it got until then."""
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [500]
    await _says(rig, b"<1/>")
    await rig.tick()
    return len(rig.phone.told)


async def _answers(rig: Rig, status: int = 200) -> list[dict[str, bytes]]:
    """The phone does; what it is told thereafter."""
    before = len(rig.phone.told)
    rig.phone.answer(rig.phone.request, status)
    await rig.quiet()
    return _since(rig, before)


async def _by_tick(rig: Rig) -> list[dict[str, bytes]]:
    """What the next tick brings."""
    before = len(rig.phone.told)
    await rig.tick()
    return _since(rig, before)


def _since(rig: Rig, before: int) -> list[dict[str, bytes]]:
    return [{uri: told.body(uri) for uri in told.states} for told in rig.phone.told[before:]]


async def test_each_state_is_told_by_the_notify_that_was_numbered_for_it(rig: Rig) -> None:
    await _hangs(rig)
    await _says(rig, b"<1/>")
    await rig.tick()
    await _says(rig, b"<2/>")
    await rig.tick()
    assert await _answers(rig) == [{BOB: b"<1/>"}, {BOB: b"<2/>"}]


async def test_where_the_state_before_is_forgotten_the_newest_is_left_to_its_own_notify(rig: Rig) -> None:
    await _hangs(rig)
    await _says(rig, b"<1/>")
    await rig.tick()
    await _says(rig, b"<2/>", b"<3/>")
    await rig.tick()
    assert await _answers(rig) == [{}, {BOB: b"<3/>"}]


async def test_who_changes_all_the_time_is_passed_over_once(rig: Rig) -> None:
    await _hangs(rig)
    for first in (1, 3):
        await _says(rig, b"<%d/>" % first)
        await rig.tick()
        await _says(rig, b"<%d/>" % (first + 1))
    await _says(rig, b"<newest/>")
    assert await _answers(rig) == [{}, {BOB: b"<newest/>"}]
    assert await _by_tick(rig) == [{}]


async def test_what_full_state_has_told_is_not_told_as_new(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await _says(rig, b"<1/>")
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].full and rig.phone.told[-1].body(BOB) == b"<1/>"
    assert await _by_tick(rig) == [{}]


async def test_full_state_is_the_newest_and_its_marks_bring_nothing_again(rig: Rig) -> None:
    await _hangs(rig)
    await _says(rig, b"<1/>")
    await rig.tick()
    rig.phone.refresh()
    await _says(rig, b"<2/>")
    assert await _answers(rig) == [{BOB: b"<1/>"}, {BOB: b"<2/>", CAROL: b"<change/>"}]
    assert await _by_tick(rig) == [{}]


async def test_after_a_notify_that_failed_all_is_told(rig: Rig) -> None:
    """What it said counts as told no more."""
    told = await _fails(rig)
    await rig.pass_time(6)
    assert rig.phone.told[told].full
    assert rig.phone.told[told].body(BOB) == b"<1/>"


async def _crash(rig: Rig) -> None:
    await rig.crash()
    await rig.start()
    await rig.quiet()


async def test_a_crash_after_a_notify_that_failed_forgets_nothing_of_it(rig: Rig) -> None:
    told = await _fails(rig)
    await _crash(rig)
    assert rig.phone.told[told].full
    assert _since(rig, told)[0][BOB] == b"<1/>"


async def test_what_changes_after_a_notify_that_failed_does_not_wait_for_its_time(rig: Rig) -> None:
    told = await _fails(rig)
    rig.server.tell(CAROL, b"<change/>")
    await rig.quiet()
    assert len(rig.phone.told) == told
    await rig.tick()
    assert rig.phone.told[told].full
    assert _since(rig, told) == [{BOB: b"<1/>", CAROL: b"<change/>"}, {}]


async def test_a_crash_before_the_answer_repeats_the_notify_without_what_came_later(rig: Rig) -> None:
    """The phone may have it already, and take it for a retransmission."""
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [0]
    await _says(rig, b"<1/>")
    await rig.tick()
    await _says(rig, b"<2/>")
    sent, told = rig.phone.told[-1], len(rig.phone.told)
    await _crash(rig)
    assert (rig.phone.told[told].cseq, rig.phone.told[told].version) == (sent.cseq, sent.version)
    await rig.tick()
    assert _since(rig, told) == [{}, {BOB: b"<2/>"}]


async def test_a_crash_after_full_state_tells_nothing_of_it_as_new(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await _says(rig, b"<1/>")
    rig.phone.refresh()
    await rig.quiet()
    told = len(rig.phone.told)
    await _crash(rig)
    rig.server.tell(CAROL, b"<later/>")
    await rig.quiet()
    await rig.tick()
    assert _since(rig, told) == [{CAROL: b"<later/>"}]


async def test_after_a_crash_a_state_is_told_as_new_by_its_own_notify_only(rig: Rig) -> None:
    await _hangs(rig)
    await _says(rig, b"<1/>")
    await rig.tick()
    await _says(rig, b"<2/>")
    told = len(rig.phone.told)
    await _crash(rig)
    assert _since(rig, told) == [{CAROL: b"<change/>"}, {}]
    assert await _by_tick(rig) == [{BOB: b"<2/>"}]


async def test_a_notify_that_may_have_been_sent_never_counts_for_a_later_state(rig: Rig) -> None:
    """However often its contact was passed over: the phone may take it for the one that it has."""
    await _hangs(rig)
    for body in (b"<1/>", b"<2/>"):
        await _says(rig, body)
        await rig.tick()
    await _says(rig, b"<3/>")
    told = len(rig.phone.told)
    await _crash(rig)
    assert _since(rig, told) == [{CAROL: b"<change/>"}, {}, {}]
    assert await _by_tick(rig) == [{BOB: b"<3/>"}]


async def test_marks_go_on_rising_after_a_crash(rig: Rig) -> None:
    """A state that is committed after it is later than one that was left without a tick before."""
    await _hangs(rig)
    await _says(rig, b"<1/>")
    await rig.tick()
    await rig.crash()
    rig.phone.answers = [0]
    await rig.start()
    await rig.quiet()
    await _says(rig, b"<2/>")
    assert await _answers(rig) == [{BOB: b"<1/>"}]
    assert await _by_tick(rig) == [{BOB: b"<2/>"}]


async def test_a_state_that_comes_after_full_state_and_two_crashes_is_told(rig: Rig) -> None:
    """Nothing is left but what full state was numbered for: marks go on above that."""
    await rig.start()
    await rig.subscribed()
    for number in range(5):
        await _says(rig, b"<%d/>" % number)
        await rig.tick()
    rig.phone.refresh()
    await rig.quiet()
    await _crash(rig)
    await _says(rig, b"<newest/>")
    told = len(rig.phone.told)
    await _crash(rig)
    await rig.tick()
    assert _since(rig, told) == [{BOB: b"<newest/>"}]


async def test_notifies_numbered_by_an_older_version_tell_the_newest(rig: Rig) -> None:
    """They do not say what they were numbered for."""
    await _hangs(rig)
    await _says(rig, b"<1/>", b"<2/>")
    await rig.tick_alone()
    await rig.select("update rls_outbox set mark = null returning id")
    told = len(rig.phone.told)
    await _crash(rig)
    assert _since(rig, told)[-1] == {BOB: b"<2/>"}

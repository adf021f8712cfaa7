"""Watchers are told what is committed, never more: a worker that is killed starts again with that."""

from __future__ import annotations

import pytest

from tests.django.engine.gate import Gate
from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


def _before(uri: str) -> bytes:
    return f"<{uri}/>".encode()


@pytest.fixture(autouse=True)
def _list(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


async def _arrives(rig: Rig) -> None:
    """What is on the way, without waiting for any commit."""
    rig.network.run()
    await rig._turns()
    rig.network.run()


async def _full_state_overtakes(rig: Rig, gate: Gate, body: bytes, event: str = "presence") -> None:
    """A refresh is committed and told while bob's newer state, which came after it, stands at the gate."""
    rig.phone.refresh(event=event)
    await _arrives(rig)
    await gate.holds()
    rig.server.tell(BOB, body)
    await _arrives(rig)
    await gate.let_one_through()
    await gate.holds()
    await _arrives(rig)


async def test_full_state_tells_the_state_before_while_a_newer_one_waits_for_its_commit(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.start()
    await rig.subscribed()
    gate = Gate(monkeypatch)
    await _full_state_overtakes(rig, gate, b"<not committed/>")
    assert rig.phone.told[-1].full
    assert rig.phone.told[-1].body(BOB) == _before(BOB)
    gate.open()
    await rig.quiet()
    await rig.tick()
    assert rig.phone.told[-1].body(BOB) == b"<not committed/>"


async def test_a_crash_takes_nothing_back(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """No watcher has seen the state that the memory of the worker took along."""
    await rig.start()
    await rig.subscribed()
    with monkeypatch.context() as patch:
        gate = Gate(patch)
        await _full_state_overtakes(rig, gate, b"<newest/>")
        await rig.crash()
    before = len(rig.phone.told)
    await rig.start()
    await rig.quiet()
    rig.phone.refresh()
    await rig.quiet()
    assert {each.body(BOB) for each in rig.phone.told[2:before]} == {_before(BOB)}
    assert rig.phone.told[-1].body(BOB) == b"<newest/>"


async def test_a_tick_that_knew_of_a_commit_before_us_is_told_after_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database has committed, its answer has not come: what others have numbered waits for it."""
    await rig.start()
    await rig.subscribed()
    rig.server.tell(CAROL, b"<change/>")
    await rig.quiet()
    gate = Gate(monkeypatch)
    rig.server.tell(BOB, b"<under way/>")
    await _arrives(rig)
    await gate.holds()
    told, delivered = len(rig.phone.told), rig.delivered
    await rig.tick_alone()
    await rig.until_delivered(delivered + 1)
    await _arrives(rig)
    assert len(rig.phone.told) == told
    gate.open()
    await rig.quiet()
    assert rig.phone.told[told].body(CAROL) == b"<change/>"


async def test_the_same_state_again_is_not_acknowledged_before_its_commit(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.start()
    await rig.subscribed()
    gate = Gate(monkeypatch)
    answers = len(rig.server.responses)
    rig.server.tell(BOB, b"<new/>")
    rig.server.tell(BOB, b"<new/>")
    await _arrives(rig)
    assert len(rig.server.responses) == answers
    gate.open()
    await rig.quiet()
    assert [each.status for each in rig.server.responses[answers:]] == [200, 200]


async def test_full_state_that_goes_out_before_a_commit_puts_off_what_a_slow_watcher_is_owed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not show the states that wait for theirs, so it tells none of them."""
    await rig.start()
    rig.phone.subscribe(event="presence;max-rate=1")
    await rig.quiet()
    await rig.pass_time(3)
    gate = Gate(monkeypatch)
    await _full_state_overtakes(rig, gate, b"<not committed/>", "presence;max-rate=1")
    assert rig.phone.told[-1].full and rig.phone.told[-1].body(BOB) == _before(BOB)
    gate.open()
    await rig.quiet()
    await rig.pass_time(3)
    assert rig.phone.told[-1].body(BOB) == b"<not committed/>"

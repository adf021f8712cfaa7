"""The wheel behind all timers: order, punctuality, cancelling."""

from __future__ import annotations

import pytest

from sipworker.sip.timers import COARSE, SWEEP, TimerWheel


def run(wheel: TimerWheel, seconds: float) -> None:
    while (due := wheel.next_due()) is not None and due <= seconds:
        wheel.advance(due)


def test_a_timer_runs_never_early_and_at_most_a_slot_late() -> None:
    wheel, ran = TimerWheel(0.0), list[tuple[float, float]]()
    for when in (0.05, 0.1, 0.30000000000000004, 4.3, 31.99):
        wheel.schedule(when, lambda now, when=when: ran.append((when, now)))  # type: ignore[misc]
    run(wheel, 40.0)
    assert len(ran) == 5
    assert all(-1e-6 <= now - when <= 0.1 + 1e-6 for when, now in ran)


def test_a_clock_that_jumps_to_what_is_due_skips_no_slot() -> None:
    wheel, ran = TimerWheel(0.0), list[float]()
    for slot in range(1, 2000):
        wheel.schedule(slot * 0.1, ran.append)
    run(wheel, 200.0)
    assert len(ran) == 1999


def test_timers_far_away_share_slots_and_run_never_early_and_soon() -> None:
    wheel, ran = TimerWheel(0.0), list[tuple[float, float]]()
    for number in range(10_000):
        when = 3000 + number * 0.01
        wheel.schedule(when, lambda now, when=when: ran.append((when, now)))  # type: ignore[misc]
    assert len(wheel._slots) <= 101
    run(wheel, 3200.0)
    assert len(ran) == 10_000
    assert all(-1e-6 <= now - when <= COARSE * 0.1 + 1e-6 for when, now in ran)


def test_a_timer_of_an_owner_calls_it_with_the_time() -> None:
    wheel, ran = TimerWheel(0.0), list[float]()
    wheel.schedule_for(ran, 1.0, list.append)
    wheel.schedule_for(ran, 1.0, list.append).cancel()
    wheel.advance(2.0)
    assert ran == [2.0]


def test_a_cancelled_timer_does_not_run() -> None:
    wheel, ran = TimerWheel(0.0), list[float]()
    wheel.schedule(1.0, ran.append).cancel()
    wheel.advance(2.0)
    assert ran == [] and len(wheel) == 0


def test_what_was_cancelled_is_forgotten_long_before_it_was_due() -> None:
    wheel, ran = TimerWheel(0.0), list[float]()
    wheel.schedule(3600.0, ran.append)
    for number in range(20 * SWEEP):
        wheel.schedule(3600.0 + number % 100, ran.append).cancel()
    assert len(wheel) <= SWEEP
    run(wheel, 4000.0)
    assert ran == [3600.0]


def test_a_timer_set_by_a_timer_runs_at_a_later_call() -> None:
    wheel, ran = TimerWheel(0.0), list[float]()
    wheel.schedule(1.0, lambda now: void(wheel.schedule(now, ran.append)))
    wheel.advance(1.0)
    assert ran == []
    wheel.advance(1.2)
    assert ran == [1.2]


def void(value: object) -> None:
    """A callback returns nothing."""


def test_a_late_call_runs_everything_in_order() -> None:
    wheel, ran = TimerWheel(0.0), list[str]()
    wheel.schedule(5.0, lambda now: ran.append("second"))
    wheel.schedule(1.0, lambda now: ran.append("first"))
    wheel.advance(1000.0)
    assert ran == ["first", "second"]


def test_a_timer_that_raises_does_not_lose_those_behind_it() -> None:
    wheel, ran = TimerWheel(0.0), list[float]()

    def broken(now: float) -> None:
        raise RuntimeError

    wheel.schedule(1.0, broken)
    wheel.schedule(1.0, ran.append)
    wheel.schedule(1.5, ran.append)
    with pytest.raises(RuntimeError):
        wheel.advance(2.0)
    wheel.advance(2.1)
    assert ran == [2.1, 2.1]

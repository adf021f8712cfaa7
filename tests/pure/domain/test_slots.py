"""Time cut into slots: each slice has one turn per waitn_time, whatever the ticks do."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rls.domain.slots import MARGIN, TICK, slots_due

NOW = 1_000_000.0
waitn_times = st.sampled_from([0.2, 0.5, 1.0, 2.0, 5.0, 50.0])
slice_counts = st.integers(1, 20)


def served(
    starts: list[float], waitn_time: float, slices: int, window: float = TICK, last: int = 0
) -> list[tuple[int, float]]:
    """Slots and their times over several ticks, each of which remembers the last slot served."""
    slots = []
    for start in starts:
        for slot, due in slots_due(last, start, waitn_time, slices, window):
            slots.append((slot, max(due, start)))
            last = slot
    return slots


def test_a_tick_spreads_the_slices_over_its_interval() -> None:
    slots = served([NOW, NOW + TICK, NOW + 2 * TICK], 1.0, 10)
    steady = [due for _, due in slots if NOW + TICK <= due < NOW + 2 * TICK]
    assert steady == pytest.approx([NOW + TICK + turn / 10 for turn in range(20)])


def test_a_long_waitn_time_is_served_slice_by_slice() -> None:
    slots = served([NOW + second for second in range(100)], 50.0, 10)
    turns = Counter(slot % 10 for slot, due in slots if NOW + 50 <= due < NOW + 100)
    assert turns == Counter(range(10))
    assert all(abs(due - slot * 5) < TICK for slot, due in slots if due >= NOW + 50)


def test_a_tick_leaves_its_last_moments_to_the_next() -> None:
    (*_, (_, last_due)) = slots_due(0, NOW, 0.5, 100, 0.5)
    assert last_due <= NOW + 0.5 - MARGIN + 1e-6


def test_without_a_window_a_tick_waits_for_nothing() -> None:
    assert all(due <= NOW for _, due in slots_due(0, NOW, 1.0, 10, 0.0))


def test_a_doubled_tick_finds_nothing_to_do() -> None:
    slots = served([NOW], 1.0, 10)
    assert list(slots_due(slots[-1][0], NOW, 1.0, 10, 1.0)) == []


def test_a_clock_set_back_a_little_serves_nothing_until_it_has_caught_up() -> None:
    assert list(slots_due(int(NOW * 10), NOW - 1, 1.0, 10, 0.5)) == []


def test_a_clock_set_back_a_lot_serves_every_slice_at_once() -> None:
    slots = [slot for slot, _ in slots_due(int(NOW * 10), NOW - 3600, 1.0, 10, 0.0)]
    assert {slot % 10 for slot in slots} == set(range(10))
    assert max(slots) == int((NOW - 3600) * 10), "the next tick goes on from here"


@given(waitn_times, slice_counts, st.floats(0, 1e5))
def test_after_a_pause_every_slice_is_served_once_at_once(
    waitn_time: float, slices: int, pause: float
) -> None:
    last = int(NOW * slices / waitn_time)
    missed = list(slots_due(last, NOW + pause, waitn_time, slices, 0.0))
    assert len({slot % slices for slot, _ in missed}) == len(missed) <= slices
    assert all(due <= NOW + pause + 1e-6 for _, due in missed)
    if pause > waitn_time * (1 + 1 / slices):
        assert len(missed) == slices


@given(
    waitn_times,
    slice_counts,
    st.lists(st.floats(0.01, 3.0), min_size=1, max_size=30),
)
def test_slots_are_served_in_order_and_never_twice(
    waitn_time: float, slices: int, pauses: list[float]
) -> None:
    starts = [NOW]
    for pause in pauses:
        starts.append(starts[-1] + pause)
    slots = [slot for slot, _ in served(starts, waitn_time, slices)]
    assert slots == sorted(set(slots))


@given(waitn_times, slice_counts, st.integers(0, 19), st.data())
def test_ticks_in_time_serve_each_slice_every_waitn_time(
    waitn_time: float, slices: int, number: int, data: st.DataObject
) -> None:
    """Late by less than the margin, as beat is: no slice waits longer than waitn_time and a tick's delay."""
    assume(number < slices)
    count = int(4 * max(waitn_time, TICK) / TICK) + 1
    delays = data.draw(st.lists(st.floats(0, MARGIN), min_size=count, max_size=count))
    starts = [NOW + turn * TICK + delay for turn, delay in enumerate(delays)]
    turns = [due for slot, due in served(starts, waitn_time, slices) if slot % slices == number]
    gaps = [later - earlier for earlier, later in pairwise(turns)]
    assert len(turns) >= 3
    assert all(gap <= waitn_time + 2 * MARGIN + 1e-6 for gap in gaps)


@pytest.mark.parametrize(("before", "after"), [(1.0, 5.0), (5.0, 1.0), (0.2, 1.0)])
def test_another_waitn_time_counts_at_once(before: float, after: float) -> None:
    last = int(NOW * 10 / before)
    assert [slot for slot, _ in slots_due(last, NOW, after, 10, 1.0)]

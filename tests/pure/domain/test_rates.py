"""Rates out of counters that workers noted."""

from __future__ import annotations

from rls.domain.histogram import BOUNDS
from rls.domain.rates import Noted, Point, points

NONE = [0] * (len(BOUNDS) + 1)


def noted(at: float, updates: int, owner: int = 1, delays: int = 0) -> Noted:
    return Noted(at, owner, updates, 0, 0, [delays, *NONE[1:]], 0.25)


def test_rate_is_the_growth_per_second_in_its_stretch() -> None:
    first, second = points([noted(0, 0), noted(5, 50), noted(15, 50)], 20, 10, 2)
    assert (first.updates, second.updates) == (10, 0)
    assert first.lag == 0.25


def test_workers_are_added_up() -> None:
    (point,) = points([noted(0, 0), noted(0, 7, owner=2), noted(5, 50), noted(10, 107, owner=2)], 20, 20, 1)
    assert point.updates == 10 + 10


def test_restart_makes_a_gap_and_no_negative_rate() -> None:
    first, second = points([noted(0, 500), noted(5, 3), noted(15, 13)], 20, 10, 2)
    assert first == Point()
    assert second.updates == 1


def test_delays_give_quantiles_of_their_stretch_only() -> None:
    first, second = points([noted(0, 0), noted(5, 1, delays=9), noted(15, 1, delays=9)], 20, 10, 2)
    assert first.p50 is not None and 0 < first.p50 <= BOUNDS[0]
    assert second.p50 is None


def test_nothing_noted_is_nothing_known() -> None:
    assert points([], 20, 10, 2) == [Point(), Point()]

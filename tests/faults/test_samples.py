"""The judge of the soak: it finds what grows and is not taken in by what comes and goes."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from tests.faults.census import cleaned_late, never_vacuumed
from tests.faults.samples import Samples

EVERY, LOOKS = 5, 360


@pytest.fixture
def half_an_hour() -> Samples:
    """Nothing in it yet; time goes on by EVERY seconds with each look."""
    now = itertools.count(0.0, EVERY)
    return Samples(lambda: next(now))


def test_twenty_bytes_for_each_of_a_thousand_states_a_second_are_a_leak(half_an_hour: Samples) -> None:
    for number in range(LOOKS):
        half_an_hour.add({"worker kB": 100_000 + number * EVERY * 1000 * 20 / 1024})
    [wrong] = half_an_hour.growing()
    assert wrong.startswith("worker kB grew by 35059")


def test_what_fills_in_the_beginning_and_what_autovacuum_takes_away_again_is_none(
    half_an_hour: Samples,
) -> None:
    for number in range(LOOKS):
        half_an_hour.add({"celery kB": min(number, 100) * 1000.0, "changes dead": number % 12 * 40_000})
    assert half_an_hour.growing() == []


def test_dead_rows_of_which_some_always_stay_are_found(half_an_hour: Samples) -> None:
    for number in range(LOOKS):
        half_an_hour.add({"changes dead": number % 12 * 40_000 + number * 1500})
    [wrong] = half_an_hour.growing()
    assert wrong.startswith("changes dead")


def test_files_that_are_opened_and_never_closed_are_found(half_an_hour: Samples) -> None:
    for number in range(LOOKS):
        half_an_hour.add({"web files": 10 + number // 60, "beat files": 9 + number % 3})
    assert [wrong.split(" grew")[0] for wrong in half_an_hour.growing()] == ["web files"]


@pytest.mark.parametrize(
    ("vacuums", "wrong"), [(lambda number: 1, ["t was not vacuumed"]), (lambda number: number // 12, [])]
)
def test_autovacuum_that_has_stopped_is_found(
    half_an_hour: Samples, vacuums: Callable[[int], int], wrong: list[str]
) -> None:
    for number in range(LOOKS):
        half_an_hour.add({"t garbage": number * 1000, "t vacuums": vacuums(number)})
    assert never_vacuumed(half_an_hour) == wrong


@pytest.mark.parametrize(("seconds", "wrong"), [(5, []), (30, ["remnants stayed for 30 s"])])
def test_cleaning_that_comes_late_is_found(half_an_hour: Samples, seconds: float, wrong: list[str]) -> None:
    for _ in range(LOOKS):
        half_an_hour.add({"oldest remnant seconds": seconds})
    assert cleaned_late(half_an_hour) == wrong

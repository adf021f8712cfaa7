"""Messages lost, doubled, delayed and reordered on the way to and from watchers and back ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import LONG
from tests.faults.load import Load, faults_of
from tests.faults.plant import Plant

long = pytest.mark.skipif(not LONG, reason="long: make faults")
BAD = {
    "1 % lost": ("--loss", "10"),
    "5 % lost": ("--loss", "50"),
    "10 % lost": ("--loss", "100"),
    "doubled": ("--double", "500"),
    "late and out of order": ("--jitter", "1000"),
    "all of it": ("--loss", "100", "--double", "200", "--jitter", "300"),
}


def _judge(plant: Plant, options: tuple[str, ...], seed: int) -> list[str]:
    return faults_of(Load(plant, *options, "--seed", str(seed), rate=100, seconds=3).result())


@long
@pytest.mark.parametrize("options", BAD.values(), ids=BAD)
def test_bad_network_costs_nothing_but_time(plant: Plant, options: tuple[str, ...], seed: int) -> None:
    assert not (wrong := _judge(plant, options, seed)), (seed, wrong)


@long
@pytest.mark.parametrize("loss", ["200", "300"])
def test_many_messages_lost_cost_nothing_but_time_where_notifies_may_be_lost(
    tmp_path: Path, seed: int, loss: str
) -> None:
    """However often they are repeated, some stay without an answer; by default one of them is the end."""
    plant = Plant(tmp_path, RLS_LOST_NOTIFIES="4")
    try:
        plant.start()
        assert not (wrong := _judge(plant, ("--loss", loss), seed)), (seed, wrong)
    finally:
        plant.stop()


def test_network_with_all_of_it_costs_nothing_but_time(plant: Plant, seed: int) -> None:
    options = ("--loss", "30", "--double", "50", "--jitter", "50")
    assert not (wrong := _judge(plant, options, seed)), (seed, wrong)

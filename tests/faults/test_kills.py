"""SIGKILL at random moments under load: nothing acknowledged is lost, nobody notices more than a delay."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.conftest import KILLS, LONG
from tests.faults.load import Load, faults_of
from tests.faults.plant import Plant

Fault = Callable[[Plant, random.Random], None]


def _kill(*names: str) -> Fault:
    def fault(plant: Plant, chance: random.Random) -> None:
        plant.kill(*names)
        time.sleep(chance.uniform(0, 1))
        plant.revive(*names)

    return fault


def _worker_during_its_start(plant: Plant, chance: random.Random) -> None:
    plant.kill("worker")
    plant.server.worker.start()
    time.sleep(chance.uniform(0, 2))
    plant.kill("worker")
    plant.revive("worker")


def _postgres(plant: Plant, chance: random.Random) -> None:
    plant.kill_postgres()
    time.sleep(chance.uniform(0, 2))
    plant.revive_postgres()


def _broker(plant: Plant, chance: random.Random) -> None:
    plant.kill_broker()
    time.sleep(chance.uniform(0, 4))
    plant.broker.start()


FAULTS: dict[str, Fault] = {
    "worker": _kill("worker"),
    "celery": _kill("celery"),
    "beat": _kill("beat"),
    "web": _kill("web"),
    "all at once": _kill("worker", "celery", "beat", "web"),
    "worker during its start": _worker_during_its_start,
    "PostgreSQL": _postgres,
    "broker": _broker,
}
SHORT = ["worker", "all at once", "PostgreSQL", "broker"]


def _inflict(plant: Plant, names: list[str], chance: random.Random) -> None:
    for name in names:
        FAULTS[name](plant, chance)
        time.sleep(chance.uniform(0, 1))


def test_each_part_killed_once_under_load_costs_nothing_but_time(plant: Plant, seed: int) -> None:
    chance = random.Random(seed)
    names = chance.sample(SHORT, len(SHORT))
    with Load(plant) as load:
        load.wait_until_subscribed()
        _inflict(plant, names, chance)
        assert not (wrong := faults_of(load.result())), (seed, names, wrong)
    assert plant.server.ticked_by()


@pytest.mark.skipif(not LONG, reason="long: make faults")
def test_many_kills_cost_nothing_but_time(plant: Plant, seed: int) -> None:
    """In rounds: each subscribes anew, is hit while it does and afterwards, and is judged.

    Until there were so many of the server's own processes; those of PostgreSQL and the broker come on top.
    """
    chance = random.Random(seed)
    killed = Counter[str]()
    while killed.total() - killed["PostgreSQL"] - killed["broker"] < KILLS:
        names = [chance.choice([*FAULTS, "worker", "worker"]) for _ in range(8)]
        with Load(plant, "--seed", str(chance.randrange(1, 10**6))) as load:
            time.sleep(chance.uniform(0, 1.5))
            _inflict(plant, names[:2], chance)
            load.wait_until_subscribed()
            _inflict(plant, names[2:], chance)
            assert not (wrong := faults_of(load.result())), (seed, killed, names, wrong)
        killed += Counter(names)
    sys.stderr.write(f"seed {seed}: {dict(killed)}\n")

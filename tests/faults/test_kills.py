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

PROCESSES = ("worker", "celery", "beat", "web")
Fault = Callable[[Plant, random.Random], None]


def _kill(*names: str) -> Fault:
    def fault(plant: Plant, chance: random.Random) -> None:
        plant.kill(*names)
        time.sleep(chance.uniform(0, 1))
        plant.revive(*names)

    return fault


def _kill_during_its_start(name: str) -> Fault:
    def fault(plant: Plant, chance: random.Random) -> None:
        plant.kill(name)
        plant.processes[name].start()
        time.sleep(chance.uniform(0, 2))
        plant.kill(name)
        plant.revive(name)

    return fault


def _postgres(plant: Plant, chance: random.Random) -> None:
    plant.kill_postgres()
    time.sleep(chance.uniform(0, 2))
    plant.revive_postgres()


def _broker(plant: Plant, chance: random.Random) -> None:
    plant.kill_broker()
    time.sleep(chance.uniform(0, 4))
    plant.broker.start()


def _everything(plant: Plant, chance: random.Random) -> None:
    """As a host does that loses its power; the servers come back first."""
    plant.kill_postgres()
    plant.kill_broker()
    plant.kill(*PROCESSES)
    time.sleep(chance.uniform(0, 1))
    plant.revive_postgres()
    plant.broker.start()
    plant.revive(*PROCESSES)


FAULTS: dict[str, Fault] = {
    **{name: _kill(name) for name in PROCESSES},
    **{f"{name} during its start": _kill_during_its_start(name) for name in PROCESSES},
    "all at once": _kill(*PROCESSES),
    "everything": _everything,
    "PostgreSQL": _postgres,
    "broker": _broker,
}
SHORT = ["worker", "everything", "PostgreSQL", "broker"]


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
def test_worker_that_was_killed_tells_no_state_as_new_again(plant: Plant, seed: int) -> None:
    """At a low rate, too, where a state stays the newest for long."""
    chance = random.Random(seed)
    with Load(plant, rate=20) as load:
        load.wait_until_subscribed()
        _inflict(plant, 3 * ["worker"], chance)
        assert not (wrong := faults_of(load.result())), (seed, wrong)


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

"""Two processes with one worker number: one serves, the other stands by and takes over."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import LONG
from tests.faults.load import Load, faults_of
from tests.faults.plant import Plant
from tests.live.rig.list_server import ready
from tests.live.rig.processes import Process


@pytest.fixture
def standby(plant: Plant, tmp_path: Path) -> Iterator[Process]:
    process = plant.server.worker.twin(tmp_path / "standby.log")
    yield process
    process.stop(signal.SIGKILL)


def _stands_by(process: Process) -> None:
    process.wait_until(lambda: "standing by" in process.output())


@pytest.mark.skipif(not LONG, reason="long: make faults")
def test_other_process_takes_over_and_the_dead_one_stands_by_when_it_is_back(
    plant: Plant, standby: Process
) -> None:
    worker = plant.server.worker
    standby.start()
    _stands_by(standby)
    with Load(plant) as load:
        load.wait_until_subscribed()
        plant.kill("worker")
        ready(standby)
        worker.start()
        _stands_by(worker)
        standby.stop(signal.SIGTERM)
        ready(worker)
        assert not (wrong := faults_of(load.result())), wrong

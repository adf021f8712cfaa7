"""A short form runs with all tests; `make faults` (FAULTS=long) runs all of it.

FAULTS_SEED chooses the moments, FAULTS_KILLS how often is killed; a test that fails names its seed.
The short form always takes the same.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator

import pytest

from tests.faults.plant import Plant

LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(10**6) if LONG else 1))
KILLS = int(os.environ.get("FAULTS_KILLS", "100"))


@pytest.fixture
def seed() -> int:
    return SEED


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A list server whose every part runs; tests leave it as they found it."""
    if shutil.which("cc") is None:
        pytest.skip("a C compiler is needed for the load generator: sudo apt install gcc libc6-dev")
    plant = Plant(tmp_path_factory.mktemp("plant"))
    try:
        plant.start()
        yield plant
    finally:
        plant.stop()

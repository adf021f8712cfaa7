"""What the fuzzer once broke, and its seeds: see `make fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

CASES = [
    pytest.param(name, case.read_bytes(), id=f"{name}-{case.name}")
    for name in TARGETS
    for case in sorted((Path(__file__).parent / "cases" / name).glob("*"))
]


@pytest.mark.parametrize("name", TARGETS)
def test_good_input_is_taken(name: str) -> None:
    for seed in SEEDS[name]:
        TARGETS[name](seed)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_what_was_once_broken_is_dealt_with(name: str, case: bytes) -> None:
    TARGETS[name](case)

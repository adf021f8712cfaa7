"""docs/reference/conformance.md says what the tests prove; they name no other requirement."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conformance.matrix import MATRICES, by_id, matrix, untestable
from tests.conformance.recorder import PAGE
from tests.quality.test_tools import PROJECT

COLLECT = ["-m", "pytest", "--collect-only", "-q", "-m", "req", "-p", "tests.conformance.recorder"]


def test_page_agrees_with_the_markers_in_the_code_and_they_with_the_matrix(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    command = [sys.executable, *COLLECT, f"--conformance-page={page}"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert PAGE.read_text() == page.read_text(), "run make conformance (ARGS=--collect-only runs no test)"


def test_requirements_are_named_once_and_have_a_priority() -> None:
    everything = [each for name in MATRICES for each in matrix(name)]
    assert len(everything) == len(by_id())
    assert {each.priority for each in everything} == {"P0", "P1", "P2"}
    assert all(each.requirement for each in everything)
    assert untestable().keys() <= by_id().keys()

"""deploy/ fits the code: units start commands that exist, only settings that exist are named."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rlsproject.environment import SETTINGS
from tests.quality.test_tools import PROJECT

DEPLOY = PROJECT / "deploy"
NAMES = {setting.name for setting in SETTINGS}


UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_is_hardened_and_reads_the_file_of_settings_itself(unit: Path) -> None:
    text = unit.read_text()
    for word in ("NoNewPrivileges=yes", "ProtectSystem=strict", "SystemCallFilter=@system-service"):
        assert word in text
    assert "Environment=RLS_ENV_FILE=/etc/rls.env" in text
    started = text.partition("ExecStart=/opt/rls/server/.venv/bin/python ")[2].split()
    assert started[0] == "-m" or (PROJECT / started[0]).exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """With a program that exists in place of ours, whose place is another one here."""
    for unit in DEPLOY.glob("systemd/*"):
        text = re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
        name = unit.name.replace("@", "@1")
        (tmp_path / name).write_text(text)
    files = [str(path) for path in tmp_path.iterdir() if path.suffix == ".service"]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "rls-" in line]
    assert complaints == []


def test_how_to_says_what_each_part_is_for() -> None:
    page = (PROJECT / "docs" / "how-to" / "deploy.md").read_text()
    assert {part.name for part in DEPLOY.iterdir() if f"`deploy/{part.name}`" not in page} == set()


def test_only_settings_that_exist_are_named() -> None:
    words = re.compile(r"\bRLS_[A-Z_]+\b")
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            named = set(words.findall(path.read_text())) - {"RLS_ENV_FILE", "RLS_URI", "RLS_SOURCE"}
            assert named <= NAMES, path

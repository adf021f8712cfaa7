"""Setting up a machine: what is missing is installed, or the command for it is given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rlsproject.prepare import debian, interpreter, packages
from rlsproject.prepare.advice import Advice


@pytest.fixture
def without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")


def test_missing_debian_package_is_named_with_the_command(without_root: None) -> None:
    with pytest.raises(Advice, match="sudo apt-get update && sudo apt-get install --yes no-such-package"):
        debian.require(["no-such-package"])


def test_installed_debian_package_is_left_alone(without_root: None) -> None:
    debian.require(["dpkg"])


def test_root_installs_by_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(subprocess, "run", run)
    debian.require(["sip-tester"])
    assert [command[4] for command in commands[1:]] == ["update", "install"]
    assert commands[-1][-1] == "sip-tester"


def test_old_python_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Advice, match=r"3\.11 or newer is needed; python3 is 3\.9"):
        interpreter.suitable_python()


def test_newer_python_on_the_path_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/python3.12" if name == "python3.12" else None)
    assert interpreter.suitable_python() == "/usr/bin/python3.12"


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("error: command 'gcc' failed: No such file or directory", "build-essential"),
        ("error: command '/usr/bin/x86_64-linux-gnu-gcc' failed with exit code 1", "build-essential"),
        ("error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'", "build-essential"),
        ("NewConnectionError: no route", "index cannot be reached"),
        ("something else", "pip failed"),
    ],
)
def test_pip_failure_is_explained(output: str, advice: str) -> None:
    assert advice in packages._explain(output)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pip was to install."""
    for name in ("constraints.txt", "requirements.txt", "requirements-fast.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(name)
    calls: list[str] = []
    monkeypatch.setattr(packages, "_pip", lambda python, requirements: calls.append(requirements.name))
    return calls


def test_packages_are_installed_once(tmp_path: Path, calls: list[str]) -> None:
    for _ in range(2):
        packages.install(tmp_path, tmp_path, "requirements.txt")
    assert len(calls) == 1
    (tmp_path / "constraints.txt").write_text("changed")
    packages.install(tmp_path, tmp_path, "requirements.txt")
    assert len(calls) == 2


def test_what_has_to_be_compiled_is_left_out_without_a_compiler(
    tmp_path: Path, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    packages.install_faster(tmp_path, tmp_path)
    assert calls == []
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    packages.install_faster(tmp_path, tmp_path)
    assert calls == ["requirements-fast.txt"]


def test_failure_to_compile_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise Advice("error: command 'gcc' failed")

    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(packages, "install", fail)
    packages.install_faster(tmp_path, tmp_path)
    assert "not needed" in capsys.readouterr().out

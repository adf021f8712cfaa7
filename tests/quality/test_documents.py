"""The documents become a site without a warning, and name only commands, targets and settings that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, get_commands, load_command_class

from rlsproject.environment import SETTINGS
from tests.quality.test_links import PAGES
from tests.quality.test_tools import PROJECT

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
MANAGE = re.compile(r"python manage\.py ((?:[^|;>#&)'\n]|'[^'\n]*')+)")
RLS = re.compile(r"`rls ([a-z-]+)[^`]*`")
TARGET = re.compile(r"\bmake ([a-z]+)\b(?= ARGS|`|$| +#| &&)", re.MULTILINE)
NAME = re.compile(r"\b(RLS_[A-Z_]+[A-Z])\b")
OF_OTHERS = {"RLS_ENV_FILE", "RLS_PASSWORD", "RLS_URI", "RLS_SOURCE"}
"""Read before the settings, by `watchlist` alone, and in the configurations of proxies."""


def blocks() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for block in BLOCK.findall(page.read_text()):
            yield page, block.replace("\\\n", " ")


def commands() -> list[str]:
    return sorted({found.strip() for _, block in blocks() for found in MANAGE.findall(block)})


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--nitpicky", "--quiet"]
    done = subprocess.run(
        [*command, "docs", str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Your first list" in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize("text", commands())
def test_command_is_one_that_takes_these_arguments(text: str) -> None:
    name, *arguments = shlex.split(text)
    known = get_commands()
    assert name in known, text
    application = known[name]
    command = load_command_class(application, name) if isinstance(application, str) else application
    try:
        command.create_parser("manage.py", name).parse_args(arguments)
    except (CommandError, SystemExit) as error:
        raise AssertionError(f"{text}: {error}") from error


def test_orders_of_the_operators_command_exist() -> None:
    named = {word for page in PAGES for word in RLS.findall(page.read_text())}
    reference = (PROJECT / "docs/reference/cli.md").read_text()
    assert len(named) > 5
    assert {word for word in named if f"rls {word}" not in reference} == set()


def test_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = {word for _, block in blocks() for word in TARGET.findall(block)}
    assert {"run", "test"} <= named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_settings_that_are_named_exist(page: Path) -> None:
    known = {setting.name for setting in SETTINGS} | OF_OTHERS
    assert set(NAME.findall(page.read_text())) <= known

"""Migrations are complete, and the documented production settings are safe."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from rlsproject.reference import PRODUCTION
from tests.quality.test_tools import PROJECT


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def documented_environment() -> dict[str, str]:
    block = PRODUCTION.split("```")[1].strip().splitlines()
    values = dict(line.split("=", 1) for line in block)
    values["SECRET_KEY"] = "".join(chr(33 + number) for number in range(60))
    return values


def test_check_deploy_has_nothing_to_say_about_the_documented_settings() -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    environment = {**os.environ, **documented_environment()}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout

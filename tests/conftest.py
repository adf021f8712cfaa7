"""Every test run has its own PostgreSQL and Valkey, started when the first test needs them.

`DATABASE_URL` and `BROKER_URL` replace them. No other setting of the caller's
environment or `.env` reaches the tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import hypothesis
import pytest
from hypothesis import HealthCheck

from rlsproject.embedded import Places, Postgres, Valkey

HAS_DATABASE = "DATABASE_URL" in os.environ
HAS_BROKER = "BROKER_URL" in os.environ
PLACES = Places(Path(tempfile.mkdtemp(prefix="rls-test-")))


# Neither a busy machine nor chance fails a run: the same examples every time, without a stopwatch.
# `--hypothesis-profile=search` looks for others.
hypothesis.settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=1000, print_blob=True
)
hypothesis.settings.register_profile(
    "repeatable", hypothesis.settings.get_profile("search"), max_examples=100, derandomize=True, database=None
)
hypothesis.settings.load_profile("repeatable")


def _isolate() -> None:
    for name in [name for name in os.environ if name.startswith("RLS_")]:
        del os.environ[name]
    os.environ["DJANGO_SETTINGS_MODULE"] = "rlsproject.settings"
    os.environ["RLS_ENV_FILE"] = ""
    os.environ["RLS_VAR"] = str(PLACES.folder)
    (PLACES.folder / "static").mkdir()  # whitenoise warns where nothing was collected
    os.environ["SECRET_KEY"] = "only-for-tests"
    os.environ.setdefault("DATABASE_URL", PLACES.database_url)
    os.environ.setdefault("BROKER_URL", PLACES.broker_url)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        return  # this process runs no test, and its environment is that of those that do
    # Not pytest-django, which would read the settings before this file could isolate them.
    _isolate()
    django.setup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: Playwright's event loop stays in the main thread until the session ends,
    and no other loop can run there meanwhile."""
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_unconfigure() -> None:
    shutil.rmtree(PLACES.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[None]:
    """A PostgreSQL server runs at DATABASE_URL."""
    if HAS_DATABASE:
        yield
        return
    server = Postgres(PLACES, durable=False)
    server.start()
    yield
    server.stop()
    if server.foreign:
        server.foreign.remove()


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """A Redis-protocol broker runs at this URL."""
    if HAS_BROKER:
        yield os.environ["BROKER_URL"]
        return
    server = Valkey(PLACES)
    server.start()
    yield PLACES.broker_url
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: None) -> None:
    """pytest-django calls this before it makes the test database."""


@pytest.fixture
def process_environment(transactional_db: None, broker_url: str) -> dict[str, str]:
    """Environment of the processes of a live test: the test database, emptied afterwards."""
    return {**os.environ, "DATABASE_URL": _test_database_url(), "BROKER_URL": broker_url}


def _test_database_url() -> str:
    from django.db import connection

    url = os.environ["DATABASE_URL"]
    path, question, query = url.partition("?")
    return path.rpartition("/")[0] + "/" + str(connection.settings_dict["NAME"]) + question + query

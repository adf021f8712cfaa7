"""Imports of models are inside: this file is read before Django is set up."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _forget_figures() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    """Every test has its own operator, whose password is not worth half a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def busy_server(db: None) -> None:
    from tests.django.admin import rows

    rows.fill()

"""Imports of models are inside: this file is read before Django is set up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from tests.django.engine.rig import Rig


@pytest_asyncio.fixture
async def rig(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """Not started: the test says with which options."""
    from tests.django.engine.rig import Rig

    rig = Rig(monkeypatch)
    yield rig
    if hasattr(rig, "worker"):
        await rig.crash()

"""What runs beside a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Takes what has to stop after the test."""
    with ExitStack() as stack:
        yield stack

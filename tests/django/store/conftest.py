"""Imports of models are inside: this file is read before Django is set up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from rls.store.commit_group import Connection


@pytest_asyncio.fixture
async def connection(transactional_db: None) -> AsyncIterator[Connection]:
    """As a SIP worker has it: autocommit."""
    from tests.django.database import connect

    async with await connect() as connection:
        yield connection


@pytest_asyncio.fixture
async def other(transactional_db: None) -> AsyncIterator[Connection]:
    """A second connection."""
    from tests.django.database import connect

    async with await connect() as connection:
        yield connection

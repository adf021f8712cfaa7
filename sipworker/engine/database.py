"""The worker's own connections to the database, beside Django's."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection

from rls.store.commit_group import Connection


def parameters() -> dict[str, Any]:
    """Those of Django's connection that psycopg takes, too."""
    parameters = dict(connection.get_connection_params())
    for key in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(key, None)
    return parameters


async def connect() -> Connection:
    """Raises psycopg.Error."""
    return await psycopg.AsyncConnection[tuple[Any, ...]].connect(
        **parameters(), autocommit=True, application_name="rls sipworker"
    )

"""The connections of the worker's own."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection as django_connection

from rls.store.commit_group import Connection


async def connect() -> Connection:
    """With the parameters of Django's. Raises psycopg.Error."""
    parameters = django_connection.get_connection_params()
    for key in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(key, None)
    return await psycopg.AsyncConnection[tuple[Any, ...]].connect(
        **parameters, autocommit=True, application_name="rls sipworker"
    )

"""Health for load balancers: /healthz (this process lives), /readyz (it can do its work)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError

BROKER_LIMIT = 1  # s


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if all is well, else 503; the body names each part and what is wrong with it."""
    parts = {name: check() for name, check in CHECKS.items()}
    ready = all(result == "ok" for result in parts.values())
    return JsonResponse(parts, status=200 if ready else 503)


def database() -> str:
    """`ok`, or what is wrong with the database or its migrations."""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "not reachable"
    return f"{len(missing)} migrations missing: run manage.py migrate" if missing else "ok"


def broker() -> str:
    """`ok`, or that the broker does not answer."""
    try:
        with Connection(settings.BROKER_URL, connect_timeout=BROKER_LIMIT) as connection:
            connection.ensure_connection(max_retries=1, timeout=BROKER_LIMIT)
    except (OperationalError, OSError):
        return "not reachable"
    return "ok"


CHECKS: dict[str, Callable[[], str]] = {"database": database, "broker": broker}

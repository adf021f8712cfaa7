"""Health for load balancers: /healthz (this process lives), /readyz (it can do its work)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError

from rls.models import Tick, Worker
from rls.models.worker import STALE

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


def sip_worker() -> str:
    """`ok` if at least one SIP worker lives."""
    return "ok" if _since(STALE, Worker, "heartbeat") else "no heartbeat: is runsipworker running?"


def tick() -> str:
    """`ok` if changes are being told: by Celery, or by a SIP worker standing in."""
    return "ok" if _since(max(3 * settings.RLS_WAITN_TIME, STALE), Tick, "last") else "no tick"


def _since(seconds: float, model: type[Worker | Tick], field: str) -> bool:
    try:
        recent = {f"{field}__gte": timezone.now() - timedelta(seconds=seconds)}
        return model._default_manager.filter(**recent).exists()
    except Error:
        return False


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "broker": broker,
    "sip_worker": sip_worker,
    "tick": tick,
}

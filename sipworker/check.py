"""`runsipworker --check`: can this worker do its work, and if not, what is to be done."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu import Connection as BrokerConnection
from kombu.exceptions import OperationalError

from rls.domain.listener import InvalidListener, Listener

Faults = Iterator[str]
BROKER_TIMEOUT = 3


def check(say: Callable[[str], object]) -> None:
    """Print one line per part. Raises CommandError (exit 1) that lists all faults."""
    faults: list[str] = []
    for name, examine in CHECKS.items():
        found = list(examine())
        say(f"{name}: {'FAILED' if found else 'ok'}")
        faults += [f"{name}: {fault}" for fault in found]
    if faults:
        raise CommandError("\n".join(faults))


def _settings() -> Faults:
    for problem in run_checks(tags=["rls"]):
        if problem.level >= ERROR:
            yield f"{problem.msg} {problem.hint or ''}".strip()


def _sockets() -> Faults:
    for text in settings.RLS_SIP_LISTEN:
        try:
            listener = Listener.parse(text)
        except InvalidListener as error:
            yield str(error)
            continue
        family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
        kind = socket.SOCK_DGRAM if listener.transport == "udp" else socket.SOCK_STREAM
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((listener.host, listener.port))
            except OSError as error:
                yield f"{listener}: {error.strerror}. Is another worker running?"


def _database() -> Faults:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield f"cannot connect: {str(error).strip()}. Is DATABASE_URL right, and the server running?"


def _migrations() -> Faults:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        yield "cannot be looked up without the database"
        return
    if missing:
        yield f"{len(missing)} not applied. Run `manage.py migrate`."


def _broker() -> Faults:
    try:
        with BrokerConnection(settings.BROKER_URL) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT)
    except (OperationalError, OSError) as error:
        yield f"cannot connect: {error}. Is BROKER_URL right, and the server running?"


CHECKS: dict[str, Callable[[], Faults]] = {
    "settings": _settings,
    "sockets": _sockets,
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
}

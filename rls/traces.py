"""Message traces: switched on and off in the database, recorded by the SIP workers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from rls.models import Trace

CHANNEL = "rls_traces"
"""Where all workers hear that a trace began or ended."""
LONGEST = timedelta(hours=1)
DEFAULT = timedelta(minutes=10)
KEPT = timedelta(days=1)
MOST_MESSAGES = 5000
"""Messages that one trace records; then it has enough."""


@transaction.atomic
def start(kind: Trace.Kind, target: str, by: str, duration: timedelta = DEFAULT) -> Trace:
    """Record the messages of `target` (see Trace) from now on, for at most LONGEST."""
    until = timezone.now() + min(duration, LONGEST)
    trace = Trace.objects.create(kind=kind, target=target, by=by, until=until)
    _announce()
    return trace


@transaction.atomic
def stop(trace: Trace) -> None:
    """What was recorded stays for KEPT."""
    trace.until = timezone.now()
    trace.save(update_fields=["until"])
    _announce()


def active(now: datetime | None = None) -> list[Trace]:
    return list(Trace.objects.filter(until__gt=now or timezone.now()))


def _announce() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", (CHANNEL,))


def clean_up() -> int:
    return Trace.objects.filter(until__lt=timezone.now() - KEPT).delete()[0]

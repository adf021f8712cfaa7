"""The batching of changes: which slices are due, and the tick that serves them.

A slot is one slice's turn; `slices` slots make one waitn_time. Slots are numbered since
the epoch, and the last one served is remembered, so that a late, doubled or lost tick
changes latency only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from rls.models import Tick
from rls.store.tick import run_slice

LOCK = 4662
"""Advisory lock of the tick (single flight); named after the RFC."""
MAX_WINDOW = 1.0
"""Seconds that one tick covers at most."""
MARGIN = 0.05
"""Seconds that a tick ends before the next one starts; its last slots are left to that one."""


def window() -> float:
    """Seconds between two ticks."""
    return float(min(settings.RLS_WAITN_TIME, MAX_WINDOW))


def slots_due(
    last: int, now: float, waitn_time: float, slices: int, window: float
) -> Iterator[tuple[int, float]]:
    """The slots to serve in a tick that starts `now`, each with its time.

    Missed slots come first, at once, but none twice: at most one turn of every slice.
    """
    per_second = slices / waitn_time
    first = max(last + 1, int(now * per_second) - slices + 1)
    after = int((now + window - MARGIN) * per_second)
    for slot in range(first, after + 1):
        yield slot, slot / per_second


def tick(by: str) -> int:
    """Serve the slots of one window; returns the NOTIFYs numbered, 0 if another tick is running."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", (LOCK,))
        row = cursor.fetchone()
        if row is None or not row[0]:
            return 0
        try:
            return _serve(by)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", (LOCK,))


def _serve(by: str) -> int:
    last = Tick.objects.filter(pk=1).values_list("slot", flat=True).first() or 0
    slices, waitn_time = settings.RLS_SLICES, settings.RLS_WAITN_TIME
    numbered = 0
    for slot, due in slots_due(last, time.time(), waitn_time, slices, window()):
        time.sleep(max(0.0, due - time.time()))
        numbered += serve_slot(slot, by)
    return numbered


def serve_slot(slot: int, by: str) -> int:
    """Serve one slot in one transaction, with its own mark of being served."""
    with transaction.atomic(), connection.cursor() as cursor:
        numbered = run_slice(cursor, slot % settings.RLS_SLICES)
        Tick.objects.update_or_create(pk=1, defaults={"last": timezone.now(), "by": by, "slot": slot})
    return numbered

"""The tick: claims what changed and has it numbered, slice by slice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils import timezone

from rls.domain.slots import TICK, slots_due
from rls.models import Tick
from rls.single_flight import single_flight
from rls.store.prepared import raw_cursor
from rls.store.tick import run_slice

LOCK = 4662
"""Advisory lock of the tick (single flight); named after the RFC."""
# The few changes of a slice lie between many that are claimed and not vacuumed yet: a plan made while
# the table was small would read them all. Index scans skip what they found dead once.
SCANS = "select set_config('enable_seqscan', %(on)s, false), set_config('enable_bitmapscan', %(on)s, false)"


def tick(by: str, window: float = TICK) -> int:
    """Serve the slots of one window (seconds); returns the NOTIFYs numbered, 0 if another tick is running."""
    with single_flight(LOCK) as alone:
        if not alone:
            return 0
        with _by_index():
            return _serve(by, window)


@contextmanager
def _by_index() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(SCANS, {"on": "off"})
        try:
            yield
        finally:
            cursor.execute(SCANS, {"on": "on"})


def _serve(by: str, window: float) -> int:
    last = _mark().slot
    slices, waitn_time = settings.RLS_SLICES, settings.RLS_WAITN_TIME
    numbered = 0
    now = time.time()
    ahead = now - time.monotonic()  # a clock that is set back must not make a tick sleep for an hour
    for slot, due in slots_due(last, now, waitn_time, slices, window):
        time.sleep(max(0.0, due - ahead - time.monotonic()))
        numbered += serve_slot(slot, by, due)
    return numbered


def _mark() -> Tick:
    """Of the slot that was served last."""
    return Tick.objects.get_or_create(pk=1, defaults={"by": "", "last": timezone.now()})[0]


def serve_slot(slot: int, by: str, due: float) -> int:
    """Serve one slot, due at that time (Unix seconds), and mark that it was."""
    lag = max(0.0, time.time() - due)
    with raw_cursor() as cursor:
        return run_slice(cursor, slot % settings.RLS_SLICES, slot, by, lag)

"""The whole server in figures, from the database: for the admin, /metrics and `manage.py rls status`."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from rls.models import Change, OutboxEntry, Presentity, Tick, Watcher, Worker

SHARE = 0.05
"""Part of the time that counting may take, however big the tables are."""
FRESH = 1.0
"""Seconds that counts are used again at least, so that ten open pages count as one."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the two big tables by the name of their state; `answers` by code, the most frequent first."""

    watchers: dict[str, int]
    resources: dict[str, int]
    answers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """`heartbeats` and ages in seconds; `tick_age` is infinite if there never was a tick."""

    watchers: dict[str, int]
    resources: dict[str, int]
    answers: dict[str, int]
    outbox: int
    changes: int
    heartbeats: dict[str, float]
    tick_age: float
    tick_lag: float
    tick_slots: int
    tick_notifies: int
    tick_by: str


def overview() -> Overview:
    """Counts of big tables may be some seconds old."""
    counted, tick = counts(), Tick.objects.first()
    heartbeats = Worker.objects.order_by("pk").values_list("pk", "heartbeat")
    return Overview(
        watchers=counted.watchers,
        resources=counted.resources,
        answers=counted.answers,
        outbox=OutboxEntry.objects.count(),
        changes=Change.objects.count(),
        heartbeats={str(number): _age(beat) for number, beat in heartbeats},
        tick_age=_age(tick.last) if tick else float("inf"),
        tick_lag=tick.lag if tick else 0.0,
        tick_slots=tick.slots if tick else 0,
        tick_notifies=tick.notifies if tick else 0,
        tick_by=tick.by if tick else "",
    )


def _age(moment: datetime) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds())


def counts() -> Counts:
    """Counts both big tables, and for as long as that is worth keeps the result."""
    known: Counts | None = cache.get("rls.counts")
    if known is not None:
        return known
    began = time.monotonic()
    counted = _count()
    took = time.monotonic() - began
    cache.set("rls.counts", counted, max(FRESH, took / SHARE))
    return counted


def _count() -> Counts:
    by_status = dict(Watcher.objects.order_by().values_list("status").annotate(Count("pk")))
    states: Counter[int] = Counter()
    codes: Counter[int] = Counter()
    for state, code, number in (
        Presentity.objects.order_by().values_list("auth_state", "be_code").annotate(Count("pk"))
    ):
        states[state] += number
        codes[code] += number if code >= 300 else 0
    return Counts(
        watchers={str(label): by_status.get(value, 0) for value, label in Watcher.Status.choices},
        resources={str(label): states[value] for value, label in Presentity.AuthState.choices},
        answers={str(code): number for code, number in codes.most_common() if number},
    )

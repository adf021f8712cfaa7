"""The last hour as the SIP workers noted it."""

from __future__ import annotations

import time
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from rls.domain.rates import Noted, Point, points
from rls.models import Problem, Sample

STRETCH = 30.0
"""Seconds that one point of a chart stands for."""
POINTS = 120
SAMPLE_EVERY = 5
"""Seconds between two samples of a worker."""
KEPT_SAMPLES = timedelta(hours=2)
KEPT_PROBLEMS = timedelta(days=7)
_NOTED = ("at", "owner", "updates", "notifies", "failures", "delays", "lag")


def last_hour() -> list[Point]:
    """POINTS stretches, the oldest first; at most as old as a sample can be."""
    known: list[Point] | None = cache.get("rls.history")
    if known is None:
        known = _read(STRETCH, POINTS)
        cache.set("rls.history", known, SAMPLE_EVERY / 2)
    return known


def right_now() -> Point:
    """The last few samples of every worker."""
    return _read(4 * SAMPLE_EVERY, 1)[0]


def _read(length: float, number: int) -> list[Point]:
    now = time.time()
    since = timezone.now() - timedelta(seconds=length * number)
    rows = Sample.objects.filter(at__gte=since).order_by("at").values_list(*_NOTED)
    return points((Noted(row[0].timestamp(), *row[1:]) for row in rows.iterator()), now, length, number)


def clean_up() -> int:
    """Delete what is older than anybody asks for; returns the rows deleted."""
    now = timezone.now()
    samples = Sample.objects.filter(at__lt=now - KEPT_SAMPLES).delete()[0]
    return samples + Problem.objects.filter(at__lt=now - KEPT_PROBLEMS).delete()[0]

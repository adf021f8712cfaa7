"""The first page: whether all is well, in figures."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from rls.models import Change, OutboxEntry, Presentity, Tick, Watcher, Worker

SHARE = 0.05
"""Part of the time that counting may take, however big the tables are."""
FRESH = 1.0
"""Seconds that counts are used again at least, so that ten open pages count as one."""
NEWEST = 10
_TONES = {"active": "good", "pending": "attention", "terminated": "bad"}


class Figure(NamedTuple):
    """A number of rows, and the list of them."""

    name: str
    number: int
    tone: str
    url: str


class Figures(NamedTuple):
    watchers: list[Figure]
    resources: list[Figure]
    answers: list[Figure]


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the figures (unfold's DASHBOARD_CALLBACK); a poll by htmx gets them without a page around."""
    layout = "rls/bare.html" if "HX-Request" in request.headers else "admin/base.html"
    return {
        **context,
        "title": "Overview",
        "layout": layout,
        "figures": cache.get("rls.figures") or _count(),
        "outbox": OutboxEntry.objects.count(),
        "changes": Change.objects.count(),
        "workers": Worker.objects.order_by("pk"),
        "tick": Tick.objects.first(),
        "newest": Watcher.objects.order_by("-pk")[:NEWEST],
    }


def _count() -> Figures:
    """Counts both big tables, and for as long as that is worth keeps the result."""
    began = time.monotonic()
    figures = Figures(_watchers(), *_resources())
    took = time.monotonic() - began
    cache.set("rls.figures", figures, max(FRESH, took / SHARE))
    return figures


def _watchers() -> list[Figure]:
    numbers = dict(Watcher.objects.order_by().values_list("status").annotate(Count("pk")))
    url = reverse("admin:rls_watcher_changelist")
    return [
        Figure(label, numbers.get(value, 0), _TONES[label], f"{url}?status__exact={value}")
        for value, label in Watcher.Status.choices
    ]


def _resources() -> tuple[list[Figure], list[Figure]]:
    """By state, and the answers above 299 of their back ends, the most frequent ones first."""
    states: Counter[int] = Counter()
    codes: Counter[int] = Counter()
    for state, code, number in (
        Presentity.objects.order_by().values_list("auth_state", "be_code").annotate(Count("pk"))
    ):
        states[state] += number
        codes[code] += number if code >= 300 else 0
    url = reverse("admin:rls_presentity_changelist")
    return [
        Figure(label, states[value], _TONES.get(label, "quiet"), f"{url}?auth_state__exact={value}")
        for value, label in Presentity.AuthState.choices
    ], [
        Figure(str(code), number, "bad", f"{url}?answer={code}")
        for code, number in codes.most_common(6)
        if number
    ]

"""The first page: whether all is well, in figures."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from rls.admin.charts import charts
from rls.models import Change, OutboxEntry, Presentity, Problem, Tick, Watcher, Worker
from rls.overview import Counts, counts

NEWEST = 10
PROBLEMS = 8
ANSWERS = 6
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
        "figures": _figures(counts()),
        "charts": charts(),
        "outbox": OutboxEntry.objects.count(),
        "changes": Change.objects.count(),
        "workers": Worker.objects.order_by("pk"),
        "tick": Tick.objects.first(),
        "problems": Problem.objects.order_by("-pk")[:PROBLEMS],
        "newest": Watcher.objects.order_by("-pk")[:NEWEST],
    }


def _figures(counted: Counts) -> Figures:
    watchers, resources = (reverse(f"admin:rls_{name}_changelist") for name in ("watcher", "presentity"))
    return Figures(
        [
            Figure(label, counted.watchers[label], _TONES[label], f"{watchers}?status__exact={value}")
            for value, label in Watcher.Status.choices
        ],
        [
            Figure(
                label,
                counted.resources[label],
                _TONES.get(label, "quiet"),
                f"{resources}?auth_state__exact={value}",
            )
            for value, label in Presentity.AuthState.choices
        ],
        [
            Figure(code, number, "bad", f"{resources}?answer={code}")
            for code, number in list(counted.answers.items())[:ANSWERS]
        ],
    )

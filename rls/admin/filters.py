"""Filters whose choices need no walk through a big table."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest

from rls.models import Presentity, Watcher, Worker

_SOON = {"expired": 0, "60": 60, "600": 600, "3600": 3600}
_SAMPLE = 1000
"""Newest list subscriptions that say which domains there are."""


class ExpiryFilter(SimpleListFilter):
    """Rows whose `expires` (Unix seconds) is near."""

    title = "expiry"
    parameter_name = "expiry"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [("expired", "expired"), ("60", "in a minute"), ("600", "in 10 min"), ("3600", "in an hour")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        value = self.value()
        if value not in _SOON:
            return queryset
        now = int(time.time())
        known = queryset.filter(expires__gt=0, expires__lte=now + _SOON[value])
        return known if value == "expired" else known.filter(expires__gt=now)


class EventFilter(SimpleListFilter):
    """By event package, of those that the server serves."""

    title = "event"
    parameter_name = "event"
    field = "event"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(event, event) for event in settings.RLS_EVENTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


class WatcherEventFilter(EventFilter):
    field = "watcher__event"


class AnswerFilter(SimpleListFilter):
    """By the final answer to the last SUBSCRIBE: a class of codes, or the code itself in the address."""

    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        exact = request.GET.get(self.parameter_name, "")
        return [("failed", "refused or failed"), *([(exact, exact)] if exact.isdigit() else [])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        value = self.value()
        if value == "failed":
            return queryset.filter(be_code__gte=300)
        return queryset.filter(be_code=int(value)) if value and value.isdigit() else queryset


class FailingFilter(SimpleListFilter):
    """Subscriptions with a resource whose back end refuses or fails."""

    title = "back ends"
    parameter_name = "failing"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [("yes", "some fail")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if self.value() != "yes":
            return queryset
        failing = Presentity.objects.filter(watcher_id=OuterRef("pk"), be_code__gte=300)
        return queryset.filter(Exists(failing))


class WorkerFilter(SimpleListFilter):
    title = "worker"
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        numbers = Worker.objects.order_by("pk").values_list("pk", flat=True)
        return [(str(number), f"worker {number}") for number in numbers]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        value = self.value()
        return queryset.filter(owner=int(value)) if value and value.isdigit() else queryset


class ListDomainFilter(SimpleListFilter):
    title = "list domain"
    parameter_name = "domain"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        chosen = request.GET.get(self.parameter_name)
        return [(domain, domain) for domain in sorted({*_recent_domains(), *([chosen] if chosen else [])})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(to_domain=self.value()) if self.value() else queryset


def _recent_domains() -> Iterable[str]:
    return Watcher.objects.order_by("-pk").values_list("to_domain", flat=True)[:_SAMPLE]

"""/metrics of the web: what it answered, and what the database says of the whole server."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest

from rls.metrics import Metric, MetricsOf
from rls.overview import Overview, overview
from rlsproject.requests import REGISTRY

METRICS: tuple[Metric[Overview], ...] = (
    Metric(
        "rls_stored_watchers",
        "gauge",
        "List subscriptions in the database, by status.",
        lambda o: o.watchers,
        "status",
    ),
    Metric(
        "rls_stored_resources",
        "gauge",
        "Back-end subscriptions in the database, by state.",
        lambda o: o.resources,
        "state",
    ),
    Metric(
        "rls_stored_back_end_answers",
        "gauge",
        "Back-end subscriptions whose last SUBSCRIBE was refused or failed, by code.",
        lambda o: o.answers,
        "code",
    ),
    Metric("rls_outbox_notifies", "gauge", "NOTIFYs numbered and not yet answered.", lambda o: o.outbox),
    Metric("rls_change_groups", "gauge", "Groups of changes that wait for their tick.", lambda o: o.changes),
    Metric(
        "rls_worker_heartbeat_age_seconds",
        "gauge",
        "Time since the last sign of life of a SIP worker, by its number.",
        lambda o: o.heartbeats,
        "worker",
    ),
    Metric("rls_tick_age_seconds", "gauge", "Time since the last slot was served.", lambda o: o.tick_age),
    Metric(
        "rls_tick_lag_seconds",
        "gauge",
        "How late the last slot was served after its time.",
        lambda o: o.tick_lag,
    ),
    Metric("rls_tick_slots", "counter", "Slots served by ticks.", lambda o: o.tick_slots),
    Metric("rls_tick_notifies", "counter", "NOTIFYs numbered by ticks.", lambda o: o.tick_notifies),
)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For RLS_METRICS_FROM only, and only straight: a proxy would lend its address to everybody."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers or not _known(request):
        return HttpResponse("Not from here: see RLS_METRICS_FROM.\n", status=403, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(MetricsOf(METRICS, overview()))
    ProcessCollector(registry=registry)
    body = generate_latest(REGISTRY) + generate_latest(registry)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _known(request: HttpRequest) -> bool:
    address = ipaddress.ip_address(request.META["REMOTE_ADDR"])
    return any(address in ipaddress.ip_network(network) for network in settings.RLS_METRICS_FROM)

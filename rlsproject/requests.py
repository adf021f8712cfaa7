"""Counts what the web answers, for /metrics."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
AREAS = {"xcap-root": "xcap", "api": "api", "admin": "admin"}
"""First segment of the path, and what it is called; paths themselves name users."""
REQUESTS = Counter(
    "rls_http_requests",
    "HTTP requests answered, by part of the web (xcap, api, admin, other) and class of the status (2xx).",
    ["part", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "rls_http_request_seconds",
    "How long they took, in seconds.",
    ["part"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
COUNTED = (REQUESTS, SECONDS)

Respond = Callable[[HttpRequest], HttpResponseBase]
# Found once: to look a label up takes a lock and a tuple each time.
_seconds = {part: SECONDS.labels(part) for part in (*AREAS.values(), "other")}
_requests = {
    (part, status): REQUESTS.labels(part, f"{status}xx") for part in _seconds for status in range(1, 6)
}


def counting(respond: Respond) -> Respond:
    """The outermost middleware."""

    def count(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = respond(request)
        part = AREAS.get(request.path_info[1:].split("/", 1)[0], "other")
        _requests[part, response.status_code // 100].inc()
        _seconds[part].observe(time.perf_counter() - began)
        return response

    return count

"""docs/reference/metrics.md, made from the metrics themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client.metrics import MetricWrapperBase

from rls.domain.histogram import BOUNDS
from rls.metrics import Metric
from rlsproject import metrics
from rlsproject.requests import COUNTED
from sipworker.engine.metrics import METRICS

INTRODUCTION = """# Metrics

Made by `manage.py metricsreference` from the metrics themselves; do not edit.

In the text form of Prometheus. No label holds a URI, an address or a name of a user: there are few
series, and they give nobody away. Counters begin at 0 when their process starts. All times are seconds.
"""
WORKER = """
## SIP worker

`http://<RLS_WORKER_HTTP>/metrics`, one for each worker; nowhere unless that is set. Beside these:
`process_*` (CPU time, memory, files of the process).
"""
WEB = """
## Web

`/metrics` of the web: what the database says of the whole server, and what the web answered. For
[`RLS_METRICS_FROM`](settings.md) only, never through a proxy. Figures of big tables may be some seconds
old. Beside these: `process_*`.
"""
HEAD = "\n| Metric | Kind | Label | Meaning |\n|---|---|---|---|\n"


def markdown() -> str:
    buckets = f"\nBuckets of `rls_notify_delay_seconds`: {', '.join(f'{bound:g}' for bound in BOUNDS)}.\n"
    worker = WORKER + HEAD + "".join(map(_row, METRICS)) + buckets
    web = WEB + HEAD + "".join(map(_row, metrics.METRICS)) + "".join(_counted(COUNTED))
    return INTRODUCTION + worker + web


def _row(metric: Metric[Any]) -> str:
    return _line(metric.exposed, metric.kind, metric.label, metric.help)


def _counted(each: Iterable[MetricWrapperBase]) -> Iterator[str]:
    for metric in each:
        (family,) = metric.describe()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        yield _line(name, family.type, "`, `".join(metric._labelnames), family.documentation)


def _line(name: str, kind: str, label: str, meaning: str) -> str:
    return f"| `{name}` | {kind} | {f'`{label}`' if label else ''} | {meaning} |\n"


def names() -> set[str]:
    """All that a query may ask for: what dashboards and alerts are held against."""
    found: set[str] = set()
    for line in markdown().splitlines():
        if line.startswith("| `"):
            name, kind = line.split("|")[1].strip(" `"), line.split("|")[2].strip()
            ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
            found |= {name + end for end in ends}
    return found

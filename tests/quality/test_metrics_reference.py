"""docs/reference/metrics.md is made from the metrics; their names follow Prometheus' rules."""

from __future__ import annotations

import re
from typing import Any

from rls.metrics import Metric
from rlsproject import metricsreference
from rlsproject.metrics import METRICS as WEB
from sipworker.engine.metrics import METRICS as WORKER
from tests.quality.test_tools import PROJECT

LABELS = {"", "kind", "code", "status", "state", "worker"}


def test_metrics_reference_is_current() -> None:
    text = (PROJECT / "docs" / "reference" / "metrics.md").read_text()
    assert text == metricsreference.markdown(), "run manage.py metricsreference"


METRICS: list[Metric[Any]] = [*WEB, *WORKER]


def test_names_are_unique_and_say_their_unit() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        assert re.fullmatch(r"rls_[a-z_]+", metric.name)
        assert not metric.name.endswith("_total")
        assert ("second" in metric.name) == bool(re.search(r"seconds|Time|How late", metric.help))


def test_no_label_can_hold_a_uri() -> None:
    assert {metric.label for metric in METRICS} <= LABELS

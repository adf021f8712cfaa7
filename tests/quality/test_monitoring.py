"""Dashboard and alert rules of deploy/: they ask for what exists, in a form that the programs take."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from rlsproject import metricsreference
from tests.quality.test_tools import PROJECT

PROMETHEUS = PROJECT / "deploy" / "prometheus"
DASHBOARD: dict[str, Any] = json.loads((PROJECT / "deploy" / "grafana" / "rls.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
ASKED: list[str] = [target["expr"] for panel in PANELS for target in panel["targets"]]
OURS = re.compile(r"\brls_[a-z_]+\b")
UNITS = {"short", "ops", "reqps", "s", "bytes", "percentunit"}
"""Of Grafana's, those that our metrics have: none, per second, seconds, bytes, part of 1."""
OF_PROMETHEUS = {"job", "instance"}
"""Labels that every series has."""


def alerts() -> str:
    return (PROMETHEUS / "alerts.yml").read_text()


def test_dashboard_and_alerts_ask_for_metrics_that_exist() -> None:
    alerting = re.findall(r"^ +expr: (.*)$", alerts(), re.MULTILINE)
    asked = {name for expression in ASKED + alerting for name in OURS.findall(expression)}
    assert len(asked) > 20
    assert asked <= metricsreference.names()


def test_every_alert_says_what_to_do() -> None:
    assert alerts().count("- alert:") == alerts().count("summary:") == alerts().count("action:") > 5


def test_dashboard_has_what_grafana_needs_to_import_it() -> None:
    assert {"title", "uid", "schemaVersion", "templating", "time", "panels"} <= DASHBOARD.keys()
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == (
        "datasource",
        "datasource",
        "prometheus",
    )
    numbers = [panel["id"] for panel in PANELS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_panel_is_complete(panel: dict[str, Any]) -> None:
    assert panel["type"] == "timeseries"
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
    assert panel["gridPos"].keys() == {"x", "y", "w", "h"}
    assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    letters = [target["refId"] for target in panel["targets"]]
    assert letters == sorted(set(letters))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_legend_names_labels_that_are_left(panel: dict[str, Any]) -> None:
    """A sum keeps only those that it is by; others would stay empty in the legend."""
    labels = dict(
        re.findall(r"^\| `(rls_\w+)` \| \w+ \| (.*?) \|", metricsreference.markdown(), re.MULTILINE)
    )
    for target in panel["targets"]:
        named = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        kept = re.search(r"by \(([^)]*)\)", target["expr"])
        if kept:
            left = set(kept[1].split(", ")) - {"le"}
            assert named == left
        else:
            of_metric = re.findall(
                r"\w+", "".join(labels.get(name, "") for name in OURS.findall(target["expr"]))
            )
            assert named <= {*of_metric, *OF_PROMETHEUS}


def test_units_are_those_of_the_metrics() -> None:
    """Seconds of what is named so, rates of what is counted."""
    for panel in PANELS:
        unit = panel["fieldConfig"]["defaults"]["unit"]
        for target in panel["targets"]:
            expression = target["expr"]
            if "histogram_quantile" in expression or expression.endswith("_seconds"):
                assert unit == "s"
            elif "_total" in expression:
                assert ("rate(" in expression) == (unit in {"ops", "reqps", "percentunit"})


def test_panels_do_not_cover_one_another() -> None:
    def apart(one: dict[str, int], other: dict[str, int]) -> bool:
        return any(
            first[at] + first[size] <= second[at]
            for at, size in (("x", "w"), ("y", "h"))
            for first, second in ((one, other), (other, one))
        )

    assert all(apart(one["gridPos"], other["gridPos"]) for one, other in combinations(PANELS, 2))


def promtool(*command: str | Path) -> str:
    assert shutil.which("promtool"), "promtool is needed: sudo apt install prometheus"
    done = subprocess.run(["promtool", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_takes_the_configuration_and_its_rules() -> None:
    assert f"{alerts().count('- alert:')} rules found" in promtool(
        "check", "config", PROMETHEUS / "prometheus.yml"
    )


def test_prometheus_understands_every_query_of_the_dashboard(tmp_path: Path) -> None:
    """As recording rules, with a time in place of Grafana's."""
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "1m")}
        for number, expression in enumerate(ASKED)
    ]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))  # JSON is YAML
    assert f"{len(ASKED)} rules found" in promtool("check", "rules", file)


def test_every_alert_fires_when_it_should_and_none_else(tmp_path: Path) -> None:
    for file in (PROMETHEUS / "alerts.yml", PROJECT / "tests" / "data" / "alerts_test.yml"):
        shutil.copy(file, tmp_path)
    expected = (tmp_path / "alerts_test.yml").read_text()
    names = re.findall(r"- alert: (\w+)", alerts())
    assert [name for name in names if f'alertname="{name}"' not in expected] == []
    assert "SUCCESS" in promtool("test", "rules", tmp_path / "alerts_test.yml")

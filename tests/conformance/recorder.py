"""A pytest plugin: what became of the tests of each requirement (`pytest -p tests.conformance.recorder`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.matrix import by_id
from tests.conformance.report import markdown, terminal
from tests.conformance.verdicts import Verdicts

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "reference" / "conformance.md"


def ids_of(item: pytest.Item) -> set[str]:
    """The requirements that a test names."""
    return {number for mark in item.iter_markers("req") for number in mark.args}


class Recorder:
    """Refuses ids that no matrix has.

    Where tests are only collected, each counts as passed: main holds no other.
    """

    def __init__(self, page: Path) -> None:
        self._page = page
        self._verdicts = Verdicts()
        self._ids: dict[str, set[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._ids = {item.nodeid: ids_of(item) for item in session.items}
        unknown = {number for ids in self._ids.values() for number in ids} - by_id().keys()
        if unknown:
            raise pytest.UsageError(f"no such requirement: {', '.join(sorted(unknown))}")
        if session.config.option.collectonly:
            for ids in self._ids.values():
                self._verdicts.add(ids, "passed")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self._verdicts.add(self._ids.get(report.nodeid, ()), report.outcome)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._page.write_text(markdown(self._verdicts), encoding="utf-8")
        for line in terminal(self._verdicts):
            terminalreporter.write_line(line)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance-page", default=str(PAGE), help="where the page is written")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Recorder(Path(config.getoption("--conformance-page"))))

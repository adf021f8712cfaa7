"""What the measurements keep and print, without running anything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bench import generator, memory
from bench import table as comparison
from bench.compare import read, rounds
from bench.growth_table import Grown, table


def test_more_rounds_are_counted_on_from_those_that_are_there(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    assert rounds(results) == {}
    lines = [{"size": size, "round": number} for size, number in (("5x1", 1), ("5x1", 2), ("9x1", 1))]
    results.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert rounds(results) == {"5x1": 2, "9x1": 1}


def test_growth_is_a_line_for_each_size_and_for_each_rate() -> None:
    sizes = [
        Grown(100, 10, 5000.4, 9000, 0.1, 1001, 70, 90, {}),
        Grown(200, 10, 6000, 9000, 0.1, 1001, 80, 90, {500: 0.4}),
    ]
    lines = table(sizes).splitlines()
    assert lines[2] == "| 100 x 10 | 1000 | 5000 | 9000 | 0.100 | 1001 | 70 | 90 |"
    assert len([line for line in lines if line.startswith("| 200 x 10 | 2000 ")]) == 1
    assert lines[-1] == "| 500 | 0.400 |"


def test_each_of_ours_has_its_ratio_and_a_cross_where_that_misses_its_bound() -> None:
    rounds = {
        "ours": [{"complete": 2000.0}],
        "ours-2": [{"complete": 4000.0}, {"complete": 5000.0}],
        "kamailio-durable": [{"complete": 1000.0}],
    }
    head, _, row = comparison.table(rounds).splitlines()
    assert head.startswith("|  | ours | ours, two SIP workers | Kamailio, durable | ratio |")
    assert row.endswith("| 2000 | 4500 (4000-5000) | 1000 | 2.00 ✗ / 4.50 | - | - | at least 3 / 1.2 |")


def test_a_figure_of_ours_that_exceeds_its_own_bound_has_a_cross_and_one_of_a_peer_has_none() -> None:
    rounds = {"ours": [{"memory_back_end": 3.2}], "kamailio-durable": [{"memory_back_end": 18.0}]}
    assert comparison.table(rounds).splitlines()[2].endswith("| 3.2 ✗ | 18 | 0.18 | - | - | at most 3 |")
    rounds["ours"] = [{"memory_back_end": 2.9}]
    assert "✗" not in comparison.table(rounds)


def test_what_was_wrong_is_counted_in_all_runs(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    phase = {"refreshes_200_per_s": 9, "refresh_without_full_notify": 0, "seconds": 1}
    run = {
        "setup": {"missing_states": 1, "lists": 1, "lists_full": 1, "t_last_full_s": 2, "counts": {}},
        "total": {"protocol_errors": 2, "counts": {"state_regressed": 1}},
        "left": {"outbox": 1},
    }
    lines = [
        {"size": "5x1", "round": 1, "server": "ours", "mode": mode, "result": run | more}
        for mode, more in (("refresh", {"phases": [phase]}), ("storm", {}))
    ]
    results.write_text("".join(json.dumps(line) + "\n" for line in lines))
    [found] = read(results)["5x1"]["ours"]
    assert {key: found[key] for key in ("lost", "errors", "left", "refresh", "storm")} == {
        "lost": 4, "errors": 4, "left": 2, "refresh": 9, "storm": 2
    }  # fmt: skip


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Says what rlsload would: progress on one side, the result on the other."""
    path = tmp_path / "rlsload"
    path.write_text('#!/bin/sh\necho "[rlsload] phase w64:3" >&2\necho \'{"mode": "\'$1\'"}\'\n')
    path.chmod(0o755)
    return path


def test_progress_of_the_generator_is_heard(program: Path) -> None:
    lines: list[str] = []
    assert generator.run(program, "update", 1, 1, heard=lines.append) == {"mode": "update"}
    assert lines == ["[rlsload] phase w64:3"]


def test_a_generator_without_a_result_is_told_with_what_it_said(program: Path) -> None:
    program.write_text('#!/bin/sh\necho "no such address" >&2\n')
    with pytest.raises(generator.RunFailed, match="no such address"):
        generator.run(program, "update", 1, 1)


def test_memory_of_a_process_is_read_and_nothing_for_one_that_is_gone() -> None:
    assert memory.megabytes(os.getpid()) > 10
    assert memory.megabytes(2**22 + 1) == 0

"""Reading wrk's output, counting CPU time, the table of `python -m bench web`."""

from __future__ import annotations

import os
import time

import pytest
from lxml import etree

from bench import cpu, http_load
from bench.generator import RunFailed
from bench.lists import resource_lists
from bench.web import Measured, table

OUTPUT = """Running 5s test @ http://127.0.0.1:15090
  1000 requests in 2.00s, 1.00MB read

{"requests": 1000, "seconds": 2.000000, "p50": 5.090, "p99": 83.200, "refused": 0, "broken": 0}
"""


def test_rate_and_latencies_are_read_from_the_line_of_json() -> None:
    assert http_load.parse(OUTPUT) == http_load.Load(1000, 500.0, 5.09, 83.2)


@pytest.mark.parametrize(
    ("count", "said"), [("refused", "1 of them answered with"), ("broken", "1 not answered")]
)
def test_a_single_bad_answer_fails_the_run(count: str, said: str) -> None:
    with pytest.raises(RunFailed, match=said):
        http_load.parse(OUTPUT.replace(f'"{count}": 0', f'"{count}": 1'))


def test_no_request_at_all_fails_the_run() -> None:
    with pytest.raises(RunFailed, match="0 requests"):
        http_load.parse(OUTPUT.replace('"requests": 1000', '"requests": 0'))


def test_what_wrk_said_is_told_if_there_is_no_result() -> None:
    with pytest.raises(RunFailed, match="unable to connect"):
        http_load.parse("unable to connect to 127.0.0.1:15090 Connection refused\n")


def test_without_wrk_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RunFailed, match="sudo apt install wrk"):
        http_load.run("get", "http://127.0.0.1:1", 1, 1, "1", "/")


def test_cpu_time_grows_while_the_process_works() -> None:
    before = cpu.seconds(os.getpid())
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert 0.05 <= cpu.seconds(os.getpid()) - before < 5


def test_table_shows_medians_with_their_spread_and_the_ratio() -> None:
    def rounds(*rates: float) -> list[Measured]:
        return [Measured(http_load.Load(100, rate, 5, 20), {"web": 1.2, "database": 0.25}) for rate in rates]

    lines = table({"GET": {"ours": rounds(200, 900, 300), "peer": rounds(600, 500, 700)}}).splitlines()
    assert lines[2:] == [
        "| GET | ours | 300 (200-900) | 5 | 20 | web 1.2, database 0.25 | 0.50 |",
        "| GET | peer | 600 (500-700) | 5 | 20 | web 1.2, database 0.25 |  |",
    ]


def test_the_document_that_is_put_has_its_entries_and_title() -> None:
    tree = etree.fromstring(resource_lists(10, "7").encode())
    assert tree.findtext("{*}list/{*}display-name") == "7"
    assert len(tree.findall("{*}list/{*}entry")) == 10

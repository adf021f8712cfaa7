"""The conformance suite held against a list server that it has not started (`--target`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.live.conftest import Start
from tests.live.rig import documents
from tests.live.rig.database import PROJECT
from tests.live.rig.ports import free_port

TESTS = (
    "test_back_end_subscribing.py::test_202_is_as_good_as_200",
    "test_back_end_subscribing.py::test_so_many_subscribes_wait_for_an_answer_at_once",
    "test_messages.py::test_requests_have_what_every_request_needs",
    "test_tolerance.py::test_compact_names_are_understood",
)
"""The second needs a setting that only a list server of ours has."""


def test_suite_judges_a_server_by_its_address(start_worker: Start, domain: str, tmp_path: Path) -> None:
    presence, page = f"127.0.0.1:{free_port()}", tmp_path / "page.md"
    server = start_worker(
        RLS_PRESENCE_SERVER=f"sip:{presence}",
        RLS_DOMAINS=domain,
        RLS_MAX_EXPIRES="7200",
        RLS_WAITN_TIME="0.2",
    )
    for number in range(1, len(TESTS) + 1):
        uri = f"sip:list{number}@{domain}"
        members = (f"sip:{name}{number}@{domain}" for name in ("bob", "claire"))
        server.database.store_list(f"alice{number}@{domain}", uri, documents.simple(uri, members))
    command = (
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.conformance.recorder"),
        *("--conformance-page", str(page), "--target", server.address, "--target-presence", presence),
        *("--target-list", f"sip:list{{}}@{domain}", "--target-user", f"sip:alice{{}}@{domain}"),
        *("--target-members", f"sip:bob{{}}@{domain},sip:claire{{}}@{domain}"),
        *(f"tests/conformance/{test}" for test in TESTS),
    )
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "3 passed, 1 skipped" in done.stdout, done.stdout[-4000:] + done.stderr
    verdicts = {row.split(" | ")[0]: row.split(" | ")[-1] for row in page.read_text().splitlines()}
    named = ("R3265-3.1.6.1-1", "R5393-5.4.3-1", "R3261-8.1.1-1", "R3261-7.3.3-1", "R4662-5.2-3")
    assert [verdicts[f"| {number}"].rstrip(" |") for number in named] == [
        *("passed", "skipped", "passed", "passed", "not covered")
    ]

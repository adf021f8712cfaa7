"""SIPp (Debian's sip-tester) as a phone: another stack's view of a whole list subscription."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.live.conftest import PutList
from tests.live.rig.list_server import ListServer
from tests.live.rig.presence import Domain
from tests.live.rig.waiting import LIMIT, eventually

SCENARIO = Path(__file__).with_name("subscription.xml")
CALLS = 10


@pytest.mark.req("R3261-18-1")
@pytest.mark.req("R4662-5.2-4")
@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_subscriptions_from_beginning_to_end(
    transport: str, server: ListServer, put_list: PutList, resources: Domain, domain: str, tmp_path: Path
) -> None:
    for number in range(1, CALLS + 1):  # of one user they would know each other's states
        put_list("bob", "claire", user=f"phone{number}")
    command = (
        "sipp", server.address, "-sf", str(SCENARIO), "-t", transport, "-i", "127.0.0.1", "-m", str(CALLS),
        "-l", str(CALLS), "-r", str(CALLS), "-timeout", f"{LIMIT:.0f}s", "-timeout_error", "-nostdin",
        "-trace_err", "-key", "domain", domain,
    )  # fmt: skip
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=2 * LIMIT
    )
    errors = "\n".join(path.read_text() for path in tmp_path.glob("*errors.log"))
    assert run.returncode == 0, errors or run.stdout[-3000:] + run.stderr
    eventually(lambda: all(dialog.ended for dialog in resources.dialogs), "end of the back ends")
    assert len(resources.dialogs) == 2 * CALLS

"""The judge of the faults finds what is wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import cycle

import pytest

from bench.generator import build
from tests.faults.load import PROGRAM_FOLDER
from tests.live.rig.message import Message, answer
from tests.live.rig.ports import free_port
from tests.live.rig.wire import UdpWire, address_text


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_503_without_retry_after_is_a_protocol_error() -> None:
    """A server that refuses three watchers and tells two of them when to come again."""
    server, later = UdpWire(), cycle(["Retry-After: 7", "X: y", "Retry-After: 7 (busy);duration=9"])

    def refuse(request: Message) -> None:
        server.send(answer(request, 503, next(later)), request.source)

    server.start(refuse)
    result = json.loads(
        subprocess.run(
            [
                build(PROGRAM_FOLDER), "storm", "--rls", address_text(server.local), "--lists", "3",
                "--watchers", f"127.0.0.1:{free_port()}", "--presence", f"127.0.0.1:{free_port()}",
            ],
            stdout=subprocess.PIPE, timeout=60, check=False,
        ).stdout
    )  # fmt: skip
    server.close()
    assert result["total"]["counts"]["err_503_without_retry_after"] == 1
    assert result["total"]["protocol_errors"] == 1
    assert result["total"]["error_replies"] == {"503": 3}
    assert result["setup"]["ms_to_503"]["n"] == 3

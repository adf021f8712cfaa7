"""Traffic while something breaks, and the verdict of rlsload, which stands outside of the server."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Self

from bench.generator import build
from tests.faults.plant import ENTRIES, Plant
from tests.live.rig.ports import free_port

PROGRAM_FOLDER = Path(__file__).parent.parent.parent / "var" / "bench"
SET_UP_LIMIT = 180.0
LIMIT = 400.0
LONGEST = 600.0
"""Seconds after which traffic ends if nobody asks for the result."""
AFTERWARDS = 3.0
"""Seconds that traffic goes on after a fault."""
PATIENCE = 128
"""Seconds until an unanswered request is given up: kills in a row on a busy machine may be away for long."""

_SERIOUS = re.compile(r"\[(?:warning|error|critical) *\]")


class Load:
    """All watchers and the presence server. `mode`, `phases`, `lists` and `options` are rlsload's.

    A last phase that has no length (`r150:`), as by default, goes on until the result is asked for, however
    long the faults take.
    """

    def __init__(
        self,
        plant: Plant,
        *options: str,
        rate: int = 150,
        seconds: float = 0,
        mode: str = "update",
        phases: str = "",
        lists: int = 0,
    ) -> None:
        phases = phases or f"r{rate}:{seconds or ''}"
        self._ends_when_asked = phases.endswith(":")
        host, port = plant.server.sip
        self._log = plant.server.worker.log
        self._log_start = self._log.stat().st_size
        command = [
            str(build(PROGRAM_FOLDER)), mode,
            "--rls", f"{host}:{port}", "--watchers", f"127.0.0.1:{free_port()}", "--presence", plant.presence,
            "--lists", str(lists or plant.lists), "--entries", str(ENTRIES), "--settle", "500", "--unsub",
            "--phases", f"{phases}{LONGEST}" if self._ends_when_asked else phases, "--drain", "40",
            "--patience", str(PATIENCE), *options,
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._output = ""
        self._remarks: list[str] = []
        self._subscribed = threading.Event()
        self._readers = [threading.Thread(target=read) for read in (self._read_progress, self._read_output)]
        for reader in self._readers:
            reader.start()

    def _read_progress(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "mismatch" in line:
                self._remarks.append(line.strip())
            if "phase" in line:
                self._subscribed.set()

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        self._output = self._process.stdout.read()

    def wait_until_subscribed(self) -> None:
        """All lists have their full state, or set-up was given up."""
        assert self._subscribed.wait(SET_UP_LIMIT), "set-up did not end"

    def result(self) -> dict[str, Any]:
        """Waits for the end."""
        if self._ends_when_asked:
            time.sleep(AFTERWARDS)
            self._process.send_signal(signal.SIGUSR1)
        try:
            self._process.wait(LIMIT)
        finally:
            self._end()
        result: dict[str, Any] = json.loads(self._output)
        result["remarks"] = self._remarks
        result["complaints"] = self._complaints()
        return result

    def _complaints(self) -> list[str]:
        """What the SIP worker, over all its restarts, has warned of meanwhile."""
        said = self._log.read_bytes()[self._log_start :].decode(errors="replace")
        return [line for line in said.splitlines() if _SERIOUS.search(line)]

    def _end(self) -> None:
        self._process.kill()
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        """A test that fails leaves no traffic behind."""
        self._end()


def faults_of(result: dict[str, Any]) -> list[str]:
    """What the list server got wrong; empty if every promise was kept."""
    total, setup, unsub = result["total"]["counts"], result["setup"], result["unsub"]
    lists = setup["lists"]
    expected = {
        "lists with full state": (setup["lists_full"], lists),
        "states that never came at first": (setup["missing_states"], 0),
        "states lost": (sum(phase["lost"] for phase in result["phases"]), 0),
        "states that went back": (total.get("state_regressed", 0), 0),
        "states told as new twice": (total.get("told_twice", 0), 0),
        "protocol errors": (result["total"]["protocol_errors"], 0),
        "SUBSCRIBEs in unknown back-end dialogs": (total.get("be_sub_unknown_dialog", 0), 0),
        "NOTIFYs in unknown dialogs": (total.get("w_notify_unknown_dialog", 0), 0),
        "back-end NOTIFYs never answered": (total["be_notify_timeouts"], 0),
        "SUBSCRIBEs never answered": (total["sub_timeouts"], 0),
        "back ends before the end": (result["backend_subs_alive"], lists * ENTRIES),
        "watchers told of their end": (unsub["terminated_notifies"], lists),
        "back ends after the end": (unsub["backend_subs_alive"], 0),
    }
    wrong = [f"{what}: {is_} instead of {ought}" for what, (is_, ought) in expected.items() if is_ != ought]
    if wrong:
        errors = {name: count for name, count in total.items() if name.startswith("err_")}
        wrong.append(f"errors {errors}, refusals {result['total']['error_replies']}, counts {total}")
        examples = [
            setup.get("missing_examples"),
            *(phase.get("lost_examples") for phase in result["phases"]),
        ]
        wrong += [f"for example {example}" for example in examples if example]
        wrong += [*result["remarks"], *result["complaints"]]
    return wrong

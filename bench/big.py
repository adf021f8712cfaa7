"""As many back-end subscriptions as an operator may have: memory, refreshes, and a crash of the worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import generator
from bench.ours import Ours

LISTS, ENTRIES = 10_000, 10
GRANTED = 120
"""Seconds that the presence server grants: refreshes of 100 000 subscriptions are always under way."""
CRASH = "w256:45"


class Crash:
    """Kills the worker some seconds into a phase and starts it again."""

    def __init__(self, server: Ours) -> None:
        self._server = server
        self.restart = 0.0
        """Seconds from the kill until the worker says that it is ready."""

    def heard(self, line: str) -> None:
        if line.endswith(CRASH):
            threading.Timer(5, self._crash).start()

    def _crash(self) -> None:
        began = time.monotonic()
        self._server.kill("worker")
        self._server.start_worker(0)
        self.restart = time.monotonic() - began


def big(program: Path, folder: Path) -> str:
    server = Ours(folder / "big")
    try:
        server.prepare()
        server.start(LISTS + 1, ENTRIES)
        empty = generator.run(
            program, "subscribe", 1, 1, "--first", str(LISTS), groups=server.groups()
        )["setup"]["groups"]  # fmt: skip
        crash = Crash(server)
        result = generator.run(
            program, "update", LISTS, ENTRIES, "--window", "64", "--setup-timeout", "300",
            "--grant", str(GRANTED), "--phases", f"r500:90,{CRASH}",
            groups=server.groups(), heard=crash.heard,
        )  # fmt: skip
    finally:
        server.close()
    return _report(result, empty, crash.restart)


def _report(result: Mapping[str, Any], empty: Mapping[str, Any], restart: float) -> str:
    setup, (steady, crashed) = result["setup"], result["phases"]
    memory = {name: group["pss_mb"] for name, group in steady["groups"].items()}
    each = (memory["worker"] - empty["worker"]["pss_mb"]) * 1024 / (LISTS * ENTRIES)
    refreshes = steady["counts"]["be_sub_refresh"] / steady["seconds"]
    issued, lost = crashed["backend_notifies_issued"], crashed["lost"]
    return (
        f"{setup['backend_subs_live']} back-end subscriptions in {setup['t_last_full_s']:.0f} s, "
        f"{setup['lists_full']} of {LISTS} lists complete\n"
        f"worker {memory['worker']:.0f} MB, database {memory['database']:.0f} MB; "
        f"worker per back-end subscription {each:.2f} KB\n"
        f"at 500 updates/s and {refreshes:.0f} refreshes/s: "
        f"oldest change p99 {steady['latency_oldest_ms']['p99']:.0f} ms, lost {steady['lost']}\n"
        f"worker killed under load and started again: ready after {restart:.1f} s; of the states of "
        f"{issued} updates before and after it, lost {lost}; protocol errors "
        f"{result['total']['protocol_errors']}"
    )

"""What is measured of our server alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import generator
from bench.big import big
from bench.generator import PRESENCE_PORT, SIP_PORT, WATCHER_PORT
from bench.growth import growth
from bench.ours import Ours, worker_name

HELP = {
    "scale": "one and two SIP workers at the same load",
    "big": "100 000 back-end subscriptions: memory, refreshes, and a crash of the worker",
    "bodies": "a list of 200 entries with bodies that fit into no datagram",
    "growth": "how cost grows with lists and entries",
}


def scale(program: Path, folder: Path) -> str:
    """The machine's cores are shared with the generator: the gain is bounded by them."""
    lines = [
        "| SIP workers | updates/s | CPU of the workers, s per 1000 | lost | protocol errors |",
        "|---|---|---|---|---|",
    ]
    for workers in (1, 2):
        server = Ours(folder / f"scale{workers}", workers=workers)
        try:
            server.prepare()
            server.start(1000, 10)
            results = _side_by_side(program, server, workers)
        finally:
            server.close()
        phases = [result["phases"][0] for result in results]
        rate = sum(phase["backend_notifies_accepted_per_s"] for phase in phases)
        cpu = sum(phase["groups"]["worker"]["cpu_s_window"] for phase in phases)
        issued = sum(phase["backend_notifies_issued"] for phase in phases)
        lost = sum(phase["lost"] for phase in phases)
        errors = sum(result["total"]["protocol_errors"] for result in results)
        lines.append(f"| {workers} | {rate:.0f} | {1000 * cpu / issued:.3f} | {lost} | {errors} |")
    return "\n".join(lines)


def _side_by_side(program: Path, server: Ours, workers: int) -> list[dict[str, Any]]:
    """One generator for each worker, each with its part of the lists."""

    def one(number: int) -> dict[str, Any]:
        pids = server.groups()
        share = 1000 // workers
        return generator.run(
            program, "update", share, 10,
            "--first", str(number * share), "--rls", f"127.0.0.1:{SIP_PORT + number}",
            "--watchers", f"127.0.0.1:{WATCHER_PORT + number}",
            "--presence", f"127.0.0.1:{PRESENCE_PORT + number}",
            "--window", str(32 // workers), "--phases", f"w{128 // workers}:6",
            groups={"worker": pids[worker_name(number)]},
        )  # fmt: skip

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, range(workers)))


def bodies(program: Path, folder: Path) -> str:
    server = Ours(folder / "bodies")
    try:
        server.prepare()
        server.start(20, 200)
        result = generator.run(
            program, "update", 20, 200, "--pidf", "500", "--window", "4", "--phases", "r200:5",
            groups=server.groups(),
        )  # fmt: skip
    finally:
        server.close()
    setup, phase = result["setup"], result["phases"][0]
    return (
        f"20 lists of 200 entries with bodies of 830 octets: {setup['lists_full']} complete, "
        f"missing {setup['missing_states']}, lost {phase['lost']}, "
        f"protocol errors {result['total']['protocol_errors']}, "
        f"biggest NOTIFY {result['total']['max_notify_bytes']} octets"
    )


RUN: dict[str, Callable[[Path, Path], str]] = {"scale": scale, "big": big, "bodies": bodies, "growth": growth}

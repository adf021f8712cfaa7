"""What is measured of our server alone: more workers, many subscriptions, big bodies."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import generator
from bench.generator import PRESENCE_PORT, SIP_PORT, WATCHER_PORT
from bench.ours import Ours, worker_name

BIG = (10_000, 10)
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


def big(program: Path, folder: Path) -> str:
    lists, entries = BIG
    server = Ours(folder / "big")
    try:
        server.prepare()
        server.start(lists, entries)
        empty = generator.run(
            program, "subscribe", 1, 1, "--first", str(lists - 1), "--pool", str(lists * entries),
            groups=server.groups(),
        )["setup"]["groups"]  # fmt: skip
        result = generator.run(
            program, "update", lists, entries, "--window", "64", "--setup-timeout", "300",
            "--phases", "r500:10", groups=server.groups(),
        )  # fmt: skip
        restart = _restart(server)
    finally:
        server.close()
    setup, phase = result["setup"], result["phases"][0]
    memory = {name: group["pss_mb"] for name, group in phase["groups"].items()}
    each = (memory["worker"] - empty["worker"]["pss_mb"]) * 1024 / (lists * entries)
    return (
        f"{setup['backend_subs_live']} back-end subscriptions in {setup['t_last_full_s']:.0f} s, "
        f"{setup['lists_full']} of {lists} lists complete\n"
        f"worker {memory['worker']:.0f} MB, database {memory['database']:.0f} MB; "
        f"worker per back-end subscription {each:.2f} KB\n"
        f"at 500 updates/s: oldest change p99 {phase['latency_oldest_ms']['p99']:.0f} ms, "
        f"lost {phase['lost']}\n"
        f"worker killed and started again: ready after {restart:.1f} s"
    )


def _restart(server: Ours) -> float:
    began = time.monotonic()
    server.kill("worker")
    server.start_worker(0)
    return time.monotonic() - began


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


def growth(program: Path, folder: Path) -> str:
    """Set-up rate, update rate, CPU and memory for growing lists and entries."""
    lines = ["| lists x entries | set up/s | updates/s | CPU s/1000 | worker MB |", "|---|---|---|---|---|"]
    server = Ours(folder / "growth")
    try:
        server.prepare()
        for lists, entries in ((100, 10), (500, 10), (2000, 10), (5000, 10), (500, 2), (500, 50), (500, 100)):
            server.start(lists, entries)
            result = generator.run(
                program, "update", lists, entries, "--window", str(max(2, 320 // entries)),
                "--phases", "w256:4", groups=server.groups(),
            )  # fmt: skip
            server.stop()
            setup, phase = result["setup"], result["phases"][0]
            cpu = sum(group["cpu_s_per_1000"] for group in phase["groups"].values())
            lines.append(
                f"| {lists}x{entries} | {setup['backend_subs_per_s']:.0f} "
                f"| {phase['backend_notifies_accepted_per_s']:.0f} | {cpu:.3f} "
                f"| {setup['groups']['worker']['pss_mb']:.0f} |"
            )
    finally:
        server.close()
    return "\n".join(lines)


RUN: dict[str, Callable[[Path, Path], str]] = {"scale": scale, "big": big, "bodies": bodies, "growth": growth}

"""What is measured of our server alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import generator
from bench.big import big
from bench.growth import growth
from bench.measures import of_workers
from bench.ours import Ours

HELP = {
    "scale": "one and two SIP workers at the same load",
    "big": "100 000 back-end subscriptions: memory, refreshes, and a crash of the worker",
    "bodies": "a list of 200 entries with bodies that fit into no datagram",
    "growth": "how cost grows with lists and entries",
}


def scale(program: Path, folder: Path) -> str:
    """The machine's cores are shared with the generator: the gain is bounded by them."""
    lines = [
        "| SIP workers | complete set-ups/s | updates/s | CPU of the workers, s per 1000 | lost | errors |",
        "|---|---|---|---|---|---|",
    ]
    for workers in (1, 2):
        server = Ours(folder / f"scale{workers}", workers=workers)
        try:
            server.prepare()
            server.start(1000, 10)
            result = generator.run(
                program, "update", 1000, 10, "--rls", server.sip, "--window", "32", "--phases", "w128:6",
                groups=server.groups(),
            )  # fmt: skip
        finally:
            server.close()
        lines.append(_scaled(workers, result))
    return "\n".join(lines)


def _scaled(workers: int, result: dict[str, Any]) -> str:
    phase, errors = result["phases"][0], result["total"]["protocol_errors"]
    cpu = of_workers(phase, "cpu_s_per_1000")
    complete = result["setup"]["lists_per_s_full"] * result["setup"]["entries"]
    rate = phase["backend_notifies_accepted_per_s"]
    return f"| {workers} | {complete:.0f} | {rate:.0f} | {cpu:.3f} | {phase['lost']} | {errors} |"


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

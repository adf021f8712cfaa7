"""wrk: run, its result read."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.generator import RunFailed

SCRIPTS = Path(__file__).parent / "wrk"
GRACE = 30.0
"""Seconds that wrk may take longer than it was told to."""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk measured: `rate` in requests/s, `p50` and `p99` in milliseconds."""

    requests: int
    rate: float
    p50: float
    p99: float


def parse(output: str) -> Load:
    """Of the line that wrk/report.lua writes. Raises RunFailed if not every request was answered well."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        raise RunFailed(f"wrk said: {output[-2000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    if found["refused"] or found["broken"] or not found["requests"]:
        raise RunFailed(
            f"{found['requests']} requests, {found['refused']} of them answered with an error, "
            f"{found['broken']} not answered"
        )
    return Load(found["requests"], found["requests"] / found["seconds"], found["p50"], found["p99"])


def run(script: str, url: str, connections: int, seconds: float, *arguments: str) -> Load:
    """One thread of wrk with a script of bench/wrk, for whole seconds. Raises RunFailed."""
    command = [
        "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds:.0f}s",
        "--script", f"{script}.lua", url, "--", *arguments,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=SCRIPTS, capture_output=True, text=True, timeout=seconds + GRACE, check=False
        )
    except FileNotFoundError:
        raise RunFailed("wrk is needed: sudo apt install wrk") from None
    except subprocess.TimeoutExpired:
        raise RunFailed(f"wrk did not end after {seconds + GRACE:.0f} s") from None
    return parse(done.stdout + done.stderr)

"""What is read off the runs of one server with one size of lists: the rows of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Run = Mapping[str, Any]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A row. `more` is better, or less; `at_least` is the bound of our ratio to the durable, the memory peer.

    For rates a ratio has to reach the bound, for costs it must not exceed it; None: no bound. `at_most` is
    what our own figure must not exceed, whatever the peers do.
    """

    key: str
    label: str
    unit: str
    more: bool
    at_least: tuple[float | None, float | None] = (None, None)
    at_most: float | None = None


MEASURES = (
    Measure("w64", "updates accepted, 64 outstanding", "/s", True, (3, 1.4)),
    Measure("w256", "updates accepted, 256 outstanding", "/s", True, (4, 1.8)),
    Measure("setup", "back-end subscriptions set up", "/s", True),
    Measure("complete", "of them, those of lists that are shown complete", "/s", True, (3, 1.2)),
    Measure("full_p50", "SUBSCRIBE to complete state, p50", "ms", False, (1 / 4, 1 / 3)),
    Measure("refresh", "refreshes with their full state", "/s", True, (4, None)),
    Measure("storm", "storm: until the last list is complete", "s", False, (1 / 3, 1)),
    Measure("cpu_full", "CPU per 1000 updates at full load", "s", False, (0.35, 0.7)),
    Measure("cpu_2000", "CPU per 1000 updates at 2000/s", "s", False, (0.8, 1)),
    Measure("cpu_500", "CPU per 1000 updates at 500/s", "s", False, (0.8, 1)),
    Measure("statements", "SQL statements per update at full load", "", False, at_most=0.1),
    Measure("age_p50", "oldest change told, p50, at half of its own maximum", "ms", False),
    Measure("age_p99", "oldest change told, p99, at half of its own maximum", "ms", False, at_most=1100),
    Measure("memory", "memory of the server's SIP processes after set-up", "MB", False),
    Measure("memory_list", "of it, for each list", "KB", False),
    Measure("memory_back_end", "of it, for each back-end subscription", "KB", False, at_most=3),
    Measure("lost", "states lost, missing or gone back", "", False, at_most=0),
    Measure("errors", "protocol errors", "", False, at_most=0),
    Measure("left", "rows left in outbox and changes", "", False, at_most=0),
    Measure("refused", "storm: SUBSCRIBEs refused", "", False),
)


def figures(update: Run) -> Figures:
    """Of a run of `rlsload update` with the phases w64, w256, p50, r2000 and r500."""
    found: Figures = {}
    setup = update["setup"]
    found["setup"] = setup["backend_subs_per_s"]
    found["complete"] = setup["lists_per_s_full"] * setup["entries"]
    found["full_p50"] = setup["ms_to_full_state"]["p50"]
    found["memory"] = of_workers(setup, "pss_mb")
    found |= _grown(found["memory"] - update["empty_mb"], setup) | _wrong(update)
    for phase in update["phases"]:
        _READERS[phase["phase"].partition(":")[0]](found, phase)
    return found


WRONG = ("lost", "errors", "left")
"""Of all runs together."""


def _wrong(run: Run) -> Figures:
    missing = run["setup"]["missing_states"] + run["total"]["counts"].get("state_regressed", 0)
    found: Figures = {"errors": run["total"]["protocol_errors"]}
    found["lost"] = missing + sum(phase.get("lost", 0) for phase in run.get("phases", ()))
    if run["left"]:
        found["left"] = sum(run["left"].values())
    return found


def of_workers(phase: Run, key: str) -> float:
    """Of all processes that speak SIP."""
    return float(sum(group[key] for name, group in phase["groups"].items() if name.startswith("worker")))


def _grown(megabytes: float, setup: Run) -> Figures:
    kilobytes = 1024 * megabytes
    return {
        "memory_list": kilobytes / setup["lists"],
        "memory_back_end": kilobytes / (setup["lists"] * setup["entries"]),
    }


def _full(found: Figures, phase: Run) -> None:
    found["w64"] = phase["backend_notifies_accepted_per_s"]
    found["cpu_full"] = cpu(phase)
    before, after = phase["hook_before"], phase["hook_after"]
    if before and after:
        statements = after["statements"] - before["statements"]
        found["statements"] = statements / phase["backend_notifies_issued"]
    found |= {f"cpu_full_{name}": group["cpu_s_per_1000"] for name, group in phase["groups"].items()}


def _wide(found: Figures, phase: Run) -> None:
    found["w256"] = phase["backend_notifies_accepted_per_s"]


def _half(found: Figures, phase: Run) -> None:
    found["age_p50"] = phase["latency_oldest_ms"]["p50"]
    found["age_p99"] = phase["latency_oldest_ms"]["p99"]


def _steady(key: str) -> Callable[[Figures, Run], None]:
    def read(found: Figures, phase: Run) -> None:
        found[key] = cpu(phase)

    return read


_READERS: dict[str, Callable[[Figures, Run], None]] = {
    "w64": _full,
    "w256": _wide,
    "p50": _half,
    "r2000": _steady("cpu_2000"),
    "r500": _steady("cpu_500"),
}


def cpu(phase: Run) -> float:
    """CPU seconds of all processes, the database included, per 1000 updates."""
    return float(sum(group["cpu_s_per_1000"] for group in phase["groups"].values()))


def refresh_figures(run: Run) -> Figures:
    """Of `rlsload refresh`: only refreshes that got their full state count."""
    [phase] = run["phases"]
    answered = phase["refreshes_200_per_s"]
    missed = phase["refresh_without_full_notify"] / phase["seconds"]
    return {"refresh": max(answered - missed, 0.0), **_wrong(run)}


def storm_figures(run: Run) -> Figures:
    """Of `rlsload storm`; a storm that never ends complete has no time."""
    setup = run["setup"]
    found: Figures = {"refused": setup["counts"].get("sub_errors", 0), **_wrong(run)}
    if setup["lists_full"] == setup["lists"]:
        found["storm"] = setup["t_last_full_s"]
    return found

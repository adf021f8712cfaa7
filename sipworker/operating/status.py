"""`rls status`: is all well, in one look."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings

from rls.history import right_now
from rls.models.worker import STALE
from rls.overview import Overview, overview
from sipworker.operating.command import Options, Part, Result


def _run(options: Options) -> Result:
    seen, now = overview(), right_now()
    faults = list(faults_of(seen))
    data: dict[str, Any] = {
        **{name: value for name, value in asdict(seen).items() if value != float("inf")},
        "updates_per_second": now.updates,
        "notifies_per_second": now.notifies,
        "delay_p50": now.p50,
        "delay_p99": now.p99,
        "faults": faults,
    }
    return Result(data, "\n".join(_lines(seen, data)), ok=not faults)


def faults_of(seen: Overview) -> list[str]:
    """What has to be mended, with advice."""
    faults = [
        f"SIP worker {number} has not been heard of for {age:.0f} s: is `runsipworker` running?"
        for number, age in seen.heartbeats.items()
        if age > STALE
    ]
    if not seen.heartbeats:
        faults.append("No SIP worker has ever run: start `manage.py runsipworker`.")
    if seen.tick_age > max(3 * settings.RLS_WAITN_TIME, STALE):
        faults.append("No tick: changes are not told. Are Celery's worker and beat running?")
    elif seen.tick_by not in ("", "celery"):
        faults.append(f"{seen.tick_by} stands in for Celery: start its worker and beat.")
    return faults


def _lines(seen: Overview, data: dict[str, Any]) -> list[str]:
    def listed(numbers: dict[str, int]) -> str:
        return ", ".join(f"{number} {name}" for name, number in numbers.items() if number) or "none"

    def known(name: str, unit: str) -> str:
        return "unknown" if data[name] is None else f"{data[name]:.2f}{unit}"

    beats = (f"worker {number} {age:.1f} s ago" for number, age in seen.heartbeats.items())
    return [
        f"Subscriptions   {listed(seen.watchers)}",
        f"Resources       {listed(seen.resources)}",
        f"Refusals        {', '.join(f'{n} x {code}' for code, n in seen.answers.items()) or 'none'}",
        f"Updates         {known('updates_per_second', ' per second')}",
        f"NOTIFYs         {known('notifies_per_second', ' per second')}",
        f"Delay           p50 {known('delay_p50', ' s')}, p99 {known('delay_p99', ' s')}",
        f"To send         NOTIFYs: {seen.outbox}; groups of changes that wait for a tick: {seen.changes}",
        f"Last tick       {_tick(seen)}",
        f"Heartbeats      {', '.join(beats) or 'none'}",
        *(f"! {fault}" for fault in data["faults"]),
    ]


def _tick(seen: Overview) -> str:
    if seen.tick_age == float("inf"):
        return "never"
    return f"{seen.tick_age:.1f} s ago by {seen.tick_by}, {seen.tick_lag * 1000:.0f} ms late"


PART = Part(
    "status",
    "Whether all is well: subscriptions, rates, delay, ticks, heartbeats. Exits with 1 if something is not.",
    ("status", "status --json | jq .delay_p99"),
    _run,
)

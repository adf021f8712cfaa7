"""Hours in the life of a server: `python -m tests.faults.soak [--minutes 30]`.

Watchers come and go, contacts change, lists are edited, all of it judged by rlsload; other watchers say no
goodbye, and what a dead worker left behind is to be cleaned away. Memory, file descriptors, tables, dead rows
and outbox are looked at, and must not grow. Autovacuum must have been at work.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.machine import describe
from tests.faults.census import cleaned_late, look, never_vacuumed
from tests.faults.churn import PATIENCE, VISIT, VISITED, Contacts, Remnants, Visitors, edit_a_list
from tests.faults.load import Load, faults_of
from tests.faults.plant import LISTS, Plant
from tests.faults.samples import Samples
from tests.live.rig.waiting import eventually

ROUND = 60.0
"""Seconds of updates after which all watchers leave and others come."""
EVERY = 5.0
HALF = "w256:5,p50:"
"""Five seconds of all that is possible, then half of it."""
KEPT_UP = 0.75
"""Share of the states sent that has to be taken: machines that do other things may become slower."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--phases", default=HALF, help="what rlsload sends in each round")
    arguments = parser.parse_args()
    _say(describe())
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        plant = Plant(Path(folder), VISITED + 1, RLS_MIN_EXPIRES=str(VISIT), RLS_XCAP_VERSIONS="3")
        try:
            plant.start()
            wrong = Soak(plant, arguments.phases).run(60 * arguments.minutes)
        finally:
            plant.stop()
    _say("\n".join(wrong) or "nothing grew, nothing was lost")
    return bool(wrong)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


class Soak:
    """Round after round on the same processes."""

    def __init__(self, plant: Plant, phases: str) -> None:
        self._plant = plant
        self._phases = phases
        self._samples = Samples()
        self._sent: list[float] = []
        self._taken: list[float] = []
        self._visitors = Visitors(plant)
        self._remnants = Remnants(plant)

    def run(self, seconds: float) -> list[str]:
        """What went wrong."""
        try:
            return self._rounds(time.monotonic() + seconds) or self._judged()
        finally:
            _say(f"{self._samples}\n{self._visitors.came} visitors")

    def _rounds(self, end: float) -> list[str]:
        wrong: list[str] = []
        while time.monotonic() < end and not wrong:
            wrong = self._round()
        eventually(self._all_is_empty, "nothing left when all have gone", PATIENCE)
        return wrong

    def _round(self) -> list[str]:
        with Load(self._plant, "--patience", str(int(PATIENCE)), phases=self._phases, lists=LISTS) as load:
            load.wait_until_subscribed()
            contacts = Contacts(self._plant)
            end = time.monotonic() + ROUND
            while time.monotonic() < end:
                time.sleep(EVERY)
                self._step(contacts)
            contacts.leave()
            result = load.result()
        self._note(result["phases"][-1])
        return faults_of(result)

    def _note(self, phase: dict[str, Any]) -> None:
        self._sent.append(phase["target_per_s"])
        self._taken.append(phase["backend_notifies_accepted_per_s"])
        memory = self._samples.values("worker kB")[-1]
        _say(f"of {self._sent[-1]:.0f} states a second {self._taken[-1]:.0f} taken, worker {memory:.0f} kB")

    def _step(self, contacts: Contacts) -> None:
        self._samples.add({**look(self._plant), "oldest remnant seconds": self._remnants.oldest()})
        edit_a_list(self._plant)
        contacts.change()
        self._visitors.come()
        self._remnants.leave()

    def _all_is_empty(self) -> bool:
        counts = look(self._plant)
        subscriptions = [
            counts[f"{table} rows"]
            for table in ("rls_watchers", "rls_presentity", "rls_outbox", "rls_changes")
        ]
        return self._visitors.all_told() and not self._remnants.oldest() and not any(subscriptions)

    def _judged(self) -> list[str]:
        sent, taken = statistics.fmean(self._sent), statistics.fmean(self._taken)
        _say(f"on average {sent:.0f} states a second were sent and {taken:.0f} taken")
        slow = ["too few states were taken"] if taken < KEPT_UP * sent else []
        return slow + self._samples.growing() + never_vacuumed(self._samples) + cleaned_late(self._samples)


if __name__ == "__main__":
    sys.exit(main())

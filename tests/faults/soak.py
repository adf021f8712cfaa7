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
MEASURED = 20
"""Seconds for which the maximum is measured."""
KEPT_UP = 0.9
"""Share of the states asked for that has to be taken: less is not half of the maximum."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument(
        "--rate", type=int, help="states a second; by default half of what the machine can do"
    )
    arguments = parser.parse_args()
    _say(describe())
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        plant = Plant(Path(folder), VISITED + 1, RLS_MIN_EXPIRES=str(VISIT), RLS_XCAP_VERSIONS="3")
        try:
            plant.start()
            rate = arguments.rate or _half_of_what_is_possible(plant)
            wrong = Soak(plant, rate).run(60 * arguments.minutes)
        finally:
            plant.stop()
    _say("\n".join(wrong) or "nothing grew, nothing was lost")
    return bool(wrong)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _half_of_what_is_possible(plant: Plant) -> int:
    [phase] = Load(plant, phases=f"w256:{MEASURED}", lists=LISTS).result()["phases"]
    possible = int(phase["backend_notifies_accepted_per_s"])
    _say(f"{possible} states a second are possible, half of them are sent")
    return possible // 2


class Soak:
    """Round after round on the same processes, at `rate` states a second."""

    def __init__(self, plant: Plant, rate: int) -> None:
        self._plant = plant
        self._rate = rate
        self._samples = Samples()
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
        with Load(self._plant, "--patience", str(int(PATIENCE)), rate=self._rate, lists=LISTS) as load:
            load.wait_until_subscribed()
            contacts = Contacts(self._plant)
            end = time.monotonic() + ROUND
            while time.monotonic() < end:
                time.sleep(EVERY)
                self._step(contacts)
            contacts.leave()
            result = load.result()
        [phase] = result["phases"]
        self._taken.append(phase["backend_notifies_accepted_per_s"])
        _say(f"{self._taken[-1]:.0f} states a second were taken")
        return faults_of(result)

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
        taken = statistics.fmean(self._taken)
        slow = [f"only {taken:.0f} states a second were taken"] if taken < KEPT_UP * self._rate else []
        return slow + self._samples.growing() + never_vacuumed(self._samples) + cleaned_late(self._samples)


if __name__ == "__main__":
    sys.exit(main())

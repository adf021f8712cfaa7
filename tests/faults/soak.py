"""Hours in the life of a server: `python -m tests.faults.soak [--minutes 30]`.

Watchers come and go, contacts change, lists are edited, all of it judged by rlsload; one more list gets and
loses contacts. Memory, file descriptors, tables, dead rows and outbox are sampled, and must not grow: their
slopes are looked at, not their values. Autovacuum must have been at work.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.lists import DOMAIN, document, service_uri
from tests.faults.load import Load, faults_of
from tests.faults.plant import ENTRIES, LISTS, Plant
from tests.live.rig.phone import Phone
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire

ROUND = 60.0
"""Seconds of updates after which all watchers leave and others come."""
EVERY = 5.0
PATIENCE = 300
"""Seconds that peers wait: the machine may have other things to do."""
SUBSCRIPTIONS = ("rls_watchers", "rls_presentity", "rls_outbox", "rls_changes")
TABLES = (*SUBSCRIPTIONS, "xcap", "xcap_versions")
EXTRA = LISTS
"""Number of the list whose contacts come and go."""
BUSY = 5000
"""Rows that were deleted from a table, after which autovacuum must have been there."""
# What may be added over the whole time: a share of the mean, and as much on top.
ROOM = {
    "kB": (0.1, 16_000.0),
    "files": (0.0, 4.0),
    "table": (0.2, 16e6),
    "rows": (0.0, 50.0),
    "dead": (0.5, 5000.0),
}
Samples = dict[str, list[tuple[float, float]]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument(
        "--rate", type=int, help="states a second; by default half of what the machine can do"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        plant = Plant(Path(folder), LISTS + 1)
        try:
            plant.start()
            wrong = _soak(plant, 60 * arguments.minutes, arguments.rate or _half_of_what_is_possible(plant))
            sys.stderr.write("".join(f"{line}\n" for line in wrong) or "nothing grew, nothing was lost\n")
        finally:
            plant.stop()
    return bool(wrong)


def _half_of_what_is_possible(plant: Plant) -> int:
    [phase] = Load(plant, phases="w256:10", lists=LISTS).result()["phases"]
    rate = int(phase["backend_notifies_accepted_per_s"]) // 2
    sys.stderr.write(f"{rate} states a second are half of what is possible\n")
    return rate


def _soak(plant: Plant, seconds: float, rate: int) -> list[str]:
    samples: Samples = {}
    wrong: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and not wrong:
        with Load(plant, "--patience", str(PATIENCE), rate=rate, lists=LISTS) as load:
            load.wait_until_subscribed()
            with _extra_watcher(plant):
                _round(plant, samples)
            wrong = faults_of(load.result())
        for table in SUBSCRIPTIONS:
            eventually(partial(_is_empty, plant, table), f"{table} empty when all have left", PATIENCE)
    return wrong or growing(samples) + _never_vacuumed(plant)


def _round(plant: Plant, samples: Samples) -> None:
    end = time.monotonic() + ROUND
    while time.monotonic() < end:
        time.sleep(EVERY)
        _edit_a_list(plant)
        _change_contacts(plant)
        _sample(plant, samples)


@contextmanager
def _extra_watcher(plant: Plant) -> Iterator[None]:
    phone = Phone(UdpWire(), f"sip:w{EXTRA}@{DOMAIN}", plant.server.sip)
    call = phone.subscribe(service_uri(EXTRA))
    yield
    assert phone.ask(call.request(0), PATIENCE).status == 200
    phone.close()


def _change_contacts(plant: Plant) -> None:
    """Up to ten that no other list has."""
    number = random.randrange(1, ENTRIES + 1)
    plant.server.xcap(f"w{EXTRA}@{DOMAIN}").put("rls-services", document(EXTRA, number))


def _edit_a_list(plant: Plant) -> None:
    """The same contacts in another order: the document changes, what has to be told does not."""
    number = random.randrange(LISTS)
    old = document(number, ENTRIES)
    entries = re.findall(r"<rl:entry [^>]*/>", old)
    new = old.replace("".join(entries), "".join(random.sample(entries, len(entries))))
    plant.server.xcap(f"w{number}@{DOMAIN}").put("rls-services", new)


def _sample(plant: Plant, samples: Samples) -> None:
    now = time.monotonic()

    def add(name: str, value: float) -> None:
        samples.setdefault(name, []).append((now, value))

    for name, process in plant.processes.items():
        add(f"{name} kB", _resident(process.pid))
        add(f"{name} files", len(list(Path(f"/proc/{process.pid}/fd").iterdir())))
    for table in TABLES:
        [row] = plant.database.rows(
            "select pg_total_relation_size(relid) as size, n_dead_tup as dead from pg_stat_user_tables"
            " where relname = %s",
            table,
        )
        add(f"{table} table", row["size"])
        add(f"{table} dead", row["dead"])
    add("outbox rows", _count(plant, "rls_outbox"))


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def _is_empty(plant: Plant, table: str) -> bool:
    return _count(plant, table) == 0


def _count(plant: Plant, table: str) -> int:
    [row] = plant.database.rows(f"select count(*) as count from {table}")
    return int(row["count"])


def _never_vacuumed(plant: Plant) -> list[str]:
    """Tables that needed it."""
    wrong = []
    for row in plant.database.rows(
        "select relname, n_tup_upd, n_tup_hot_upd, n_tup_del, autovacuum_count from pg_stat_user_tables"
        " where relname = any(%s)",
        list(SUBSCRIPTIONS),
    ):
        sys.stderr.write(", ".join(f"{name} {value}" for name, value in row.items()) + "\n")
        if row["n_tup_del"] > BUSY and not row["autovacuum_count"]:
            wrong.append(f"{row['relname']} was never vacuumed")
    return wrong


def growing(samples: Samples) -> list[str]:
    """What grew: the slope of the later two thirds, over the whole time."""
    wrong = []
    for name, points in samples.items():
        times, values = zip(*points[len(points) // 3 :], strict=True)
        slope = statistics.linear_regression(times, values).slope
        growth, mean = slope * (points[-1][0] - points[0][0]), statistics.fmean(values)
        sys.stderr.write(f"{name}: mean {mean:.0f}, growth {growth:+.0f}\n")
        share, more = ROOM[name.split()[-1]]
        if growth > share * mean + more:
            wrong.append(f"{name} grew by {growth:.0f} over a mean of {mean:.0f}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())

"""How each cost grows: with lists (one watcher each), with entries, with updates. A table and a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import generator
from bench.growth_table import Grown, table
from bench.measures import cpu
from bench.ours import Ours

LISTS = tuple((lists, 10) for lists in (100, 500, 2000, 5000, 10_000, 20_000, 50_000))
ENTRIES = tuple((500, entries) for entries in (2, 5, 10, 50, 100, 200))
RATES = (250, 500, 1000, 2000, 4000, 8000)
WITH_RATES = (2000, 10)
"""Lists x entries for which the rate of updates is varied."""
SECONDS = 4
PICTURE = Path("var/bench/growth.svg")


def growth(program: Path, folder: Path) -> str:
    """The table; the picture goes to PICTURE. Raises RunFailed if a state was lost or a NOTIFY was wrong."""
    try:
        from bench.picture import draw
    except ImportError:
        raise generator.RunFailed("pip install -r bench/requirements.txt, for the picture") from None
    found = {(each.lists, each.entries): each for each in _measured(program, folder)}
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw([found[size] for size in LISTS], [found[size] for size in ENTRIES], PICTURE)
    return f"{table(list(found.values()))}\n\nThe picture is {PICTURE}."


def _measured(program: Path, folder: Path) -> Iterator[Grown]:
    sizes = sorted({*LISTS, *ENTRIES})
    server = Ours(folder / "growth")
    try:
        server.prepare()
        for lists, entries in sizes:
            server.start(lists, entries)
            rates = RATES if (lists, entries) == WITH_RATES else ()
            yield _one(program, server, lists, entries, rates)
            server.stop()
    finally:
        server.close()


def _one(program: Path, server: Ours, lists: int, entries: int, rates: Sequence[int]) -> Grown:
    """Raises RunFailed if a state was lost or a NOTIFY was wrong."""
    phases = [f"w256:{SECONDS}", f"p50:{SECONDS}", *(f"r{rate}:{SECONDS}" for rate in rates)]
    result = generator.run(
        program, "update", lists, entries, "--window", str(max(2, 320 // entries)), "--setup-timeout", "300",
        "--phases", ",".join(phases), groups=server.groups(),
    )  # fmt: skip
    _refuse_wrong(result, f"{lists}x{entries}")
    full, half, *steady = result["phases"]
    setup = result["setup"]
    return Grown(
        lists=lists,
        entries=entries,
        set_up=setup["backend_subs_per_s"],
        accepted=full["backend_notifies_accepted_per_s"],
        cpu=cpu(full),
        age_p99=half["latency_oldest_ms"]["p99"],
        worker=setup["groups"]["worker"]["pss_mb"],
        database=setup["groups"]["database"]["pss_mb"],
        by_rate={rate: cpu(phase) for rate, phase in zip(rates, steady, strict=True)},
    )


def _refuse_wrong(result: Mapping[str, Any], size: str) -> None:
    wrong = result["setup"]["missing_states"] + sum(phase["lost"] for phase in result["phases"])
    wrong += result["total"]["protocol_errors"] + result["total"]["counts"].get("state_regressed", 0)
    if wrong:
        raise generator.RunFailed(f"{size}: {wrong} states lost or NOTIFYs wrong")

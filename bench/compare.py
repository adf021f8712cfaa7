"""All servers in turn, round by round, with the same lists and the same phases."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench import generator, machine, memory
from bench.measures import WRONG, Figures, Run, figures, refresh_figures, storm_figures

log = logging.getLogger("bench")

PHASES = ("w64", "w256", "p50", "r2000", "r500")
SET_UP_AT_ONCE = 320
"""Back-end subscriptions that are being set up at a time: as many as no peer breaks under."""


class Server(Protocol):
    """One server under test."""

    name: str
    sip: str
    """Where phones subscribe: host:port, or several of them with commas in between."""
    hook: str

    def prepare(self) -> None: ...
    def start(self, lists: int, entries: int) -> None: ...
    def groups(self) -> dict[str, int]: ...
    def left(self) -> dict[str, int]: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Size:
    """So many lists with so many entries each."""

    lists: int
    entries: int

    @classmethod
    def parse(cls, text: str) -> Size:
        """`500x10`. Raises ValueError."""
        lists, entries = map(int, text.split("x"))
        return cls(lists, entries)

    def __str__(self) -> str:
        return f"{self.lists}x{self.entries}"

    @property
    def window(self) -> str:
        return str(max(2, SET_UP_AT_ONCE // self.entries))


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds`: length of a phase."""

    sizes: Sequence[Size]
    rounds: int
    seconds: float
    storm: Size | None

    def runs(self) -> Iterator[tuple[int, str, Size]]:
        for number in range(1, self.rounds + 1):
            for size in self.sizes:
                yield number, "update", size
                yield number, "refresh", size
            if self.storm:
                yield number, "storm", self.storm


def compare(program: Path, servers: Sequence[Server], plan: Plan, results: Path) -> None:
    """Runs everything; each result is a line of JSON added to `results` as soon as it is there."""
    runs = [(*run, server) for run in plan.runs() for server in servers]
    before = rounds(results)
    began = time.monotonic()
    for done, (number, mode, size, server) in enumerate(runs):
        left = (time.monotonic() - began) / done * (len(runs) - done) / 60 if done else 0
        log.info(
            "%d of %d, about %.0f min left: %s %s %s", done + 1, len(runs), left, server.name, mode, size
        )
        try:
            result = one_run(program, server, mode, size, plan.seconds)
            record = {
                "server": server.name,
                "mode": mode,
                "size": str(size),
                "round": before.get(str(size), 0) + number,
                "result": result,
            }
            with results.open("a") as file:
                file.write(json.dumps(record) + "\n")
            log.info("    %s", brief(mode, result))
        except generator.RunFailed as error:
            log.error("    failed: %s", error)
        finally:
            server.stop()


def rounds(results: Path) -> dict[str, int]:
    """How many rounds of each size there are already."""
    found: dict[str, int] = {}
    for line in results.read_text().splitlines() if results.exists() else ():
        record = json.loads(line)
        found[record["size"]] = max(found.get(record["size"], 0), record["round"])
    return found


def one_run(program: Path, server: Server, mode: str, size: Size, seconds: float) -> dict[str, Any]:
    server.start(size.lists + 1, size.entries)
    _warm_up(program, server, size)
    busy = machine.wait_until_quiet()
    empty = sum(memory.megabytes(pid) for name, pid in server.groups().items() if name.startswith("worker"))
    phases = {
        "update": ["--phases", ",".join(f"{phase}:{seconds:g}" for phase in PHASES)],
        "refresh": ["--phases", f"w8:{seconds:g}"],
        "storm": [],
    }[mode]
    window = [] if mode == "storm" else ["--window", size.window]
    result = generator.run(
        program, mode, size.lists, size.entries, "--rls", server.sip, *window, *phases,
        "--setup-timeout", "240", groups=server.groups(), hook=server.hook,
    )  # fmt: skip
    time.sleep(1)  # what was answered last is forgotten with the next commit
    result |= {"busy_before": busy, "empty_mb": empty, "left": server.left()}
    return result


def _warm_up(program: Path, server: Server, size: Size) -> None:
    """One list comes and goes: what a server needs once is not counted as what each list takes."""
    first = ("--first", str(size.lists))
    generator.run(program, "subscribe", 1, size.entries, *first, "--rls", server.sip, "--unsub")


READERS = {"update": figures, "refresh": refresh_figures, "storm": storm_figures}


def brief(mode: str, result: Run) -> str:
    """The figures of one run in one line."""
    found = READERS[mode](result)
    return ", ".join(
        f"{name} {value:.4g}" for name, value in found.items() if not name.startswith("cpu_full_")
    )


def _add(known: Figures, found: Figures) -> None:
    known |= {key: value + (known.get(key, 0) if key in WRONG else 0) for key, value in found.items()}


def read(results: Path) -> dict[str, dict[str, list[Figures]]]:
    """Size -> server -> figures of each round, out of the file that compare() wrote."""
    found: dict[str, dict[str, dict[int, Figures]]] = {}
    for line in results.read_text().splitlines():
        record = json.loads(line)
        rounds = found.setdefault(record["size"], {}).setdefault(record["server"], {})
        _add(rounds.setdefault(record["round"], {}), READERS[record["mode"]](record["result"]))
    return {
        size: {server: list(rounds.values()) for server, rounds in servers.items()}
        for size, servers in found.items()
    }

"""What `python -m bench growth` measures of one size, and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEAD = (
    "| lists x entries | back ends | set up, /s | accepted, /s | CPU, s per 1000 | oldest p99, ms "
    "| worker, MB | database, MB |\n|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True)
class Grown:
    """`cpu`: seconds per 1000 updates at full load, `by_rate` at fixed rates; memory in MB after set-up."""

    lists: int
    entries: int
    set_up: float
    accepted: float
    cpu: float
    age_p99: float
    worker: float
    database: float
    by_rate: Mapping[int, float]

    @property
    def back_ends(self) -> int:
        return self.lists * self.entries

    def row(self) -> str:
        return (
            f"| {self.lists} x {self.entries} | {self.back_ends} | {self.set_up:.0f} | {self.accepted:.0f} "
            f"| {self.cpu:.3f} | {self.age_p99:.0f} | {self.worker:.0f} | {self.database:.0f} |"
        )


def table(grown: Sequence[Grown]) -> str:
    costs = "\n".join(f"| {rate} | {cost:.3f} |" for each in grown for rate, cost in each.by_rate.items())
    return (
        "\n".join([HEAD, *(each.row() for each in grown)])
        + f"\n\n| updates/s | CPU, s per 1000 |\n|---|---|\n{costs}"
    )

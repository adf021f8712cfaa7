"""What follows in memory from one commit group."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from rls.domain.aggregate import InstanceView
from sipworker.engine.list_subscription import UNMARKED, BackEnd

log = logging.getLogger("rls.writer")

Then = Callable[[float], None]
RowId = int | None
"""Of a watcher or of the state of a back end, which never have the same; None: of neither."""


class Waiting(NamedTuple):
    """What is done when what the group says of a row is committed; or when the database has refused it."""

    row_id: RowId
    committed: Then
    refused: Then | None = None


@dataclass(slots=True)
class Consequences:
    """`states` are shown to watchers only then: a worker that is killed starts again with what was
    committed, and no watcher may have been told more. `settled` come last. `marked` have the mark `mark`.
    """

    mark: int
    states: dict[BackEnd, InstanceView] = field(default_factory=dict)
    marked: set[BackEnd] = field(default_factory=set)
    waiting: list[Waiting] = field(default_factory=list)
    settled: list[Then] = field(default_factory=list)

    def follow(self, now: float, refused: Collection[RowId] = ()) -> None:
        """The group is committed, but for what it says of the rows `refused`."""
        for back_end, instance in self.states.items():
            if back_end.row_id not in refused:
                back_end.reveal(instance, self.mark if back_end in self.marked else UNMARKED)
        for each in self.waiting:
            callback = each.refused if each.row_id in refused else each.committed
            if callback is not None:
                run(callback, now)


def run(callback: Then, now: float) -> None:
    """One that fails must not keep the others waiting."""
    try:
        callback(now)
    except Exception:
        log.exception("what waited for a commit failed")

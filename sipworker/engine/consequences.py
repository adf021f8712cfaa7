"""What follows in memory from one commit group."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from rls.domain.aggregate import InstanceView
from sipworker.engine.list_subscription import BackEnd

log = logging.getLogger("rls.writer")

Then = Callable[[float], None]


@dataclass(slots=True)
class Consequences:
    """`states` are shown to watchers only then: a worker that is killed starts again with what was
    committed, and no watcher may have been told more. `committed` come with the row whose state they
    wait for, None for those of the rest of the group; `settled` come last.
    """

    states: dict[BackEnd, InstanceView] = field(default_factory=dict)
    committed: list[tuple[int | None, Then]] = field(default_factory=list)
    settled: list[Then] = field(default_factory=list)

    def follow(self, now: float) -> None:
        """The whole group is committed."""
        for back_end, instance in self.states.items():
            back_end.reveal(instance)
        for _, callback in self.committed:
            run(callback, now)

    def follow_from(self, row_id: int | None, now: float) -> None:
        """The state of this row is committed; None: all but the states."""
        for back_end, instance in self.states.items():
            if back_end.row_id == row_id:
                back_end.reveal(instance)
        for waits_for, callback in self.committed:
            if waits_for == row_id:
                run(callback, now)


def run(callback: Then, now: float) -> None:
    """One that fails must not keep the others waiting."""
    try:
        callback(now)
    except Exception:
        log.exception("what waited for a commit failed")

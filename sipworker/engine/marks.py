"""Which states a NOTIFY tells: those that were committed when it was numbered, each once.

A NOTIFY is made when it is sent, and more may have been committed since it was numbered. What came later has
a mark of its own that brings it in the next NOTIFY, so it is left to that; in its place the state before is
told, if that is still there. Hence what was sent before a kill says no more than what is sent after it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from rls.domain.aggregate import InstanceView
from rls.store.numbering import OutboxRow
from sipworker.engine.list_subscription import TOLD, UNMARKED, BackEnd, ListSubscription, with_forks


class Choice(NamedTuple):
    """`wanted` are rows to tell of (None: all), `earlier` by row the states to tell instead of the newest;
    `later` are left to their marks.
    """

    wanted: set[int] | None
    back_ends: list[BackEnd]
    earlier: Mapping[int, InstanceView]
    later: Iterable[BackEnd] = ()


def choose(watcher: ListSubscription, row: OutboxRow, *, full: bool) -> Choice:
    """Of a NOTIFY whose turn it is. Full state is the newest; what it tells, its marks do not tell again."""
    resources = watcher.resources.values()
    if full:
        return Choice(None, list(resources), {})
    named = set(row.row_ids)
    back_ends = _among(resources, named)
    if all(TOLD < each.mark <= watcher.claimed for each in with_forks(back_ends)):
        return Choice(named, back_ends, {})  # as nearly always
    untold = [each for each in with_forks(back_ends) if each.row_id in named and each.mark != TOLD]
    earlier = _earlier(watcher, untold)
    sure = _is_sure(watcher, row)
    later = [
        each
        for each in untold
        if each.mark > watcher.claimed and each.row_id not in earlier and not (sure and each.passed_over)
    ]
    wanted = {each.row_id for each in untold} - {each.row_id for each in later}
    return Choice(wanted, _among(back_ends, wanted), earlier, later)


def _among(back_ends: Iterable[BackEnd], rows: set[int]) -> list[BackEnd]:
    return [each for each in back_ends if each.row_id in rows or (each.forks and each.is_among(rows))]


def _earlier(watcher: ListSubscription, back_ends: Iterable[BackEnd]) -> dict[int, InstanceView]:
    """Where a resource is in a list of its own, or has several instances, there is none."""
    if watcher.members is not None:
        return {}
    return {
        each.row_id: each.before.instance
        for each in back_ends
        if each.before is not None
        and each.mark > watcher.claimed >= each.before.mark
        and not each.has_siblings
    }


def _is_sure(watcher: ListSubscription, row: OutboxRow) -> bool:
    """Whether nobody has sent it before; a worker that was killed may have, and its words count."""
    return row.cseq > watcher.sent_by_others


def note(watcher: ListSubscription, row: OutboxRow, choice: Choice, left_over: Container[int]) -> None:
    """It is sent, without the states of the rows that are left over: what it told is not told again."""
    sure = _is_sure(watcher, row)
    for each in choice.later:
        each.passed_over = True
    for each in with_forks(choice.back_ends):
        if each.row_id not in choice.earlier and (sure or UNMARKED < each.mark <= watcher.claimed):
            each.mark = TOLD
        each.before, each.passed_over = None, False
    if left_over:
        for each in watcher.resources.values():
            if each.row_id in left_over:
                each.mark = UNMARKED  # another NOTIFY names it

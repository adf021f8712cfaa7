"""Versions and CSeqs of NOTIFYs: taken here only, under the lock of the watcher's row.

Tick, SUBSCRIBE, list change and end all use this one statement, so that their NOTIFYs
cannot race (DESIGN: numbers in one place, bytes in one place).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

NUMBER = """
with wanted as (
  select * from unnest(%b::int8[], %b::text[], %b::text[], %b::text[]) w(id, kind, reason, rows)
), locked as (
  select id from rls_watchers where id = any(%b::int8[]) and status <> 3 order by id for update
), numbered as (
  update rls_watchers t
     set version = t.version + 1, local_cseq = t.local_cseq + 1, settled = true,
         status = case when w.reason <> '' then 3 else t.status end,
         reason = case when w.reason <> '' then w.reason else t.reason end
    from locked l join wanted w using (id)
   where t.id = l.id
  returning t.id, t.owner, t.version, t.local_cseq, w.kind, w.reason, w.rows
)
insert into rls_outbox (owner, watcher_id, cseq, version, kind, reason, row_ids)
select owner, id, local_cseq, version, kind, reason, rows::int8[] from numbered
returning id, owner, watcher_id, cseq, version, kind, reason, row_ids
"""

# The first NOTIFY of a subscription does not mean that its back ends have answered.
NUMBER_UNSETTLED = NUMBER.replace("settled = true,", "settled = t.settled,")


@dataclass(slots=True)
class NotifyRequest:
    """One watcher is to be told: full state, or the rows named; `reason` ends the subscription."""

    watcher_id: int
    full: bool
    row_ids: set[int] = field(default_factory=set)
    reason: str = ""

    def merge(self, other: NotifyRequest) -> None:
        self.full = self.full or other.full
        self.row_ids |= other.row_ids
        self.reason = self.reason or other.reason


class OutboxRow(NamedTuple):
    """A numbered NOTIFY, as NUMBER returns it."""

    id: int
    owner: int
    watcher_id: int
    cseq: int
    version: int
    kind: str
    reason: str
    row_ids: list[int]


def array_text(numbers: Iterable[int]) -> str:
    """A PostgreSQL array literal; unnest cannot take ragged arrays."""
    return "{" + ",".join(map(str, numbers)) + "}"


def number_parameters(requests: Iterable[NotifyRequest]) -> tuple[list[Any], ...]:
    """The parameters of NUMBER; one request per watcher."""
    wanted = list(requests)
    ids = [request.watcher_id for request in wanted]
    return (
        ids,
        ["F" if request.full else "P" for request in wanted],
        [request.reason for request in wanted],
        [array_text(() if request.full else sorted(request.row_ids)) for request in wanted],
        ids,
    )

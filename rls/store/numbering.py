"""Versions and CSeqs of NOTIFYs: taken here only, under the lock of the watcher's row.

Tick, SUBSCRIBE, list change and end all use this one statement, so that their NOTIFYs
cannot race (DESIGN: numbers in one place, bytes in one place).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rls.store.rows import RefreshRow, arrays, sql_types


class OutboxRow(NamedTuple):
    """A numbered NOTIFY, as TOLD returns it."""

    id: int
    owner: int
    watcher_id: int
    cseq: int
    version: int
    kind: str
    reason: str
    row_ids: list[int]
    mark: int | None = 0
    """The newest that was claimed for it; 0: none; None: numbered by a version that did not say."""


OUTBOX = ", ".join(OutboxRow._fields)
"""The columns of an outbox row."""
NEW = ", ".join(OutboxRow._fields[1:])
"""Those of one that has no number yet."""

_CTES = f"""
wanted as (
  {{wanted}}
), locked as (
  select id from rls_watchers where id in (select id from wanted) and status <> 3 order by id for update
), numbered as (
  update rls_watchers t
     set version = t.version + 1, local_cseq = t.local_cseq + 1, {{more}}
         told = extract(epoch from now())::int8,
         status = case when w.reason <> '' then 3 else t.status end,
         reason = case when w.reason <> '' then w.reason else t.reason end
    from locked l join wanted w using (id)
   where t.id = l.id
  returning t.id, t.owner, t.version, t.local_cseq, w.kind, w.reason, w.rows, w.mark
), told as (
  insert into rls_outbox ({NEW})
  select owner, id, local_cseq, version, kind, reason, rows::int8[], mark from numbered
  returning {OUTBOX}
)"""
_FRESH = RefreshRow._fields[1:]

TOLD = f"select {OUTBOX} from told"
CHANGED = _CTES.format(
    wanted="""select c.id, 'P' as kind, '' as reason, array_agg(distinct c.row_id) as rows,
    coalesce(max(claimed.mark), 0) as mark
    from claimed, unnest(watcher_ids, row_ids) c(id, row_id) group by c.id""",
    more="settled = true, news_cseq = t.local_cseq + 1,",
)
"""Number one partial NOTIFY for each watcher in `claimed`: their back ends have answered."""

# The first NOTIFY of a subscription does not mean that its back ends have answered. Full state tells what is
# committed with the group and before.
RENEWING = _CTES.format(
    wanted=f"""select *, case kind when 'F' then %b::int8 else 0 end as mark
    from unnest(%b::int8[], %b::text[], %b::text[], %b::text[],
      %b::bool[], {arrays(sql_types(RefreshRow)[1:])})
    w(id, kind, reason, rows, settles, {", ".join(_FRESH)})""",
    more="settled = t.settled or w.settles, full_mark = greatest(t.full_mark, w.mark),"
    + "".join(f" {name} = coalesce(w.{name}, t.{name})," for name in _FRESH if name != "news_cseq")
    + " news_cseq = coalesce(w.news_cseq, t.local_cseq + 1),",
)
"""Number what was asked for, and write what a refresh changes in the same rows."""


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


def array_text(numbers: Iterable[int]) -> str:
    """A PostgreSQL array literal; unnest cannot take ragged arrays."""
    return "{" + ",".join(map(str, numbers)) + "}"


def renewing_parameters(
    mark: int,
    requests: Mapping[int, NotifyRequest],
    settling: Container[int],
    refreshes: Mapping[int, RefreshRow],
) -> tuple[Any, ...]:
    """The parameters of RENEWING; every refresh belongs to a request."""
    ids, wanted = list(requests), requests.values()
    fresh = (refreshes.get(number, _UNCHANGED)[1:] for number in ids)
    return (
        mark,
        ids,
        ["F" if request.full else "P" for request in wanted],
        [request.reason for request in wanted],
        [array_text(() if request.full else sorted(request.row_ids)) for request in wanted],
        [number in settling for number in ids],
        *map(list, zip(*fresh, strict=True)),
    )


_UNCHANGED = (None,) * len(RefreshRow._fields)

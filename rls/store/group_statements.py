"""What a commit group says to the database: parts that run as one statement, or one by one.

Parts are CTEs, so that the usual groups cost one round trip and no BEGIN and COMMIT. All of
them see the rows as they were before: parts of which one needs what another writes have to
run one by one, in a transaction.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from rls.store.arrays import PackedArray, packed
from rls.store.numbering import NEW, OUTBOX, RENEWING, TOLD, array_text
from rls.store.rows import PresentityRow, StateRow, WatcherRow, arrays, sql_types

_STATE_TYPES = sql_types(StateRow)
_WATCHER_TYPES = sql_types(WatcherRow)
_PRESENTITY_TYPES = sql_types(PresentityRow)


_STATE_SET = ", ".join(f"{column} = u.{column}" for column in StateRow._fields[1:])
STATES = f"""
u as (
  update rls_presentity p set {_STATE_SET}, updated = 1, changed = %b::int8
    from unnest({arrays(_STATE_TYPES)}) u({", ".join(StateRow._fields)}) where p.id = u.id
), sent as (
  delete from rls_outbox where id = any(%b::int8[])
), marked as (
  insert into rls_changes (owner, mark, slice, watcher_ids, row_ids)
  select %b::int4, %b::int8, s, w::int8[], r::int8[]
    from unnest(%b::int4[], %b::text[], %b::text[]) u(s, w, r)
)"""

# A group is written again when its commit could not be confirmed: hence "do nothing". The
# first NOTIFY of a new watcher, full state, is numbered with its row.
WATCHERS = f"""
w as (
  insert into rls_watchers ({", ".join(WatcherRow._fields)})
  select * from unnest({arrays(_WATCHER_TYPES)})
  on conflict (id) do nothing
  returning id, owner, version, local_cseq
), first as (
  insert into rls_outbox ({NEW})
  select owner, id, local_cseq, version, 'F', '', '{{}}', 0 from w where id = any(%b::int8[])
  returning {OUTBOX}
)"""

PRESENTITIES = f"""
p as (
  insert into rls_presentity ({", ".join(PresentityRow._fields)}, content_type, expires, updated, auth_state,
    reason, be_remote_tag, be_target, be_route, be_local_cseq, be_remote_cseq, be_code)
  select u.*, '', 0, 0, 0, '', '', '', '', 0, -1, 0 from unnest({arrays(_PRESENTITY_TYPES)}) u
  on conflict (id) do nothing
)"""

_TEXTS = {
    "watchers": (WATCHERS, TOLD.replace("told", "first")),
    "presentities": (PRESENTITIES, ""),
    "states": (STATES, ""),
    "numbers": (RENEWING, TOLD),
}


class Part(NamedTuple):
    """A piece of a statement, and its parameters in order."""

    kind: str
    parameters: Sequence[Any]


@cache
def statement(*kinds: str) -> str:
    """One statement of these parts; its rows are the NOTIFYs that were numbered."""
    texts = [_TEXTS[kind] for kind in kinds]
    results = " union all ".join(result for _, result in texts if result)
    text = f"with {','.join(text for text, _ in texts)} {results or 'select where false'}"
    return numbered(text)


def numbered(text: str) -> str:
    """With PostgreSQL's own placeholders: psycopg would take a long statement apart every time."""
    numbers = count(1)
    return re.sub("%b", lambda _: f"${next(numbers)}", text)


def watchers(rows: Iterable[WatcherRow], told: Container[int]) -> Part:
    """`told`: which of them get their first NOTIFY at once."""
    numbered = [_told(row) if row.id in told else row for row in rows]
    return Part(
        "watchers", (*_columns(numbered, _WATCHER_TYPES), [row.id for row in numbered if row.id in told])
    )


def _told(row: WatcherRow) -> WatcherRow:
    cseq = row.local_cseq + 1
    return row._replace(version=row.version + 1, local_cseq=cseq, news_cseq=cseq)


def presentities(rows: Iterable[PresentityRow]) -> Part:
    return Part("presentities", _columns(rows, _PRESENTITY_TYPES))


def states(
    rows: Iterable[StateRow],
    sent: list[int],
    owner: int,
    mark: int,
    changes: list[tuple[int, int]],
    slices: int,
) -> Part:
    columns = _columns(rows, _STATE_TYPES)
    return Part(
        "states", (int(time.time()), *columns, packed("int8", sent), owner, mark, *_changes(changes, slices))
    )


def _columns(rows: Iterable[Sequence[Any]], types: Sequence[str]) -> list[PackedArray]:
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return list(map(packed, types, columns))


def _changes(changes: list[tuple[int, int]], slices: int) -> tuple[list[Any], ...]:
    by_slice: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for watcher_id, row_id in changes:
        watcher_ids, row_ids = by_slice[watcher_id % slices]
        watcher_ids.append(watcher_id)
        row_ids.append(row_id)
    return (
        list(by_slice),
        [array_text(watcher_ids) for watcher_ids, _ in by_slice.values()],
        [array_text(row_ids) for _, row_ids in by_slice.values()],
    )

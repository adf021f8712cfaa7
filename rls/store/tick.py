"""One slice of the batching: claim what changed, number the NOTIFYs, tell the owners.

Runs on a synchronous connection: Django's, in the Celery task or in a thread of a SIP
worker that stands in for a dead beat.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

from rls.store.numbering import NUMBER, NotifyRequest, OutboxRow, number_parameters

CLAIM = """
delete from rls_changes
 where id = any(array(select id from rls_changes where slice = %b for update skip locked))
returning watcher_ids, row_ids
"""
ANNOUNCE = """
select pg_notify('rls_outbox_' || owner, lo || ':' || hi)
  from unnest(%b::int4[], %b::int8[], %b::int8[]) t(owner, lo, hi)
"""


class Cursor(Protocol):
    """What is used of a psycopg cursor."""

    def execute(self, query: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...


def run_slice(cursor: Cursor, slice_number: int) -> int:
    """Turn the changes of one slice into outbox rows; returns how many NOTIFYs.

    To be called inside a transaction: a crash leaves the changes for the next tick.
    """
    cursor.execute(CLAIM, (slice_number,))
    requests: dict[int, NotifyRequest] = {}
    for watcher_ids, row_ids in cursor.fetchall():
        for watcher_id, row_id in zip(watcher_ids, row_ids, strict=True):
            request = requests.get(watcher_id)
            if request is None:
                request = requests[watcher_id] = NotifyRequest(watcher_id, full=False)
            request.row_ids.add(row_id)
    if not requests:
        return 0
    cursor.execute(NUMBER, number_parameters(requests.values()))
    rows = [OutboxRow._make(row) for row in cursor.fetchall()]
    _announce(cursor, rows)
    return len(rows)


def _announce(cursor: Cursor, rows: list[OutboxRow]) -> None:
    ids: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        ids[row.owner].append(row.id)
    if ids:
        owners = list(ids)
        cursor.execute(
            ANNOUNCE, (owners, [min(ids[owner]) for owner in owners], [max(ids[owner]) for owner in owners])
        )

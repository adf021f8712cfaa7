"""One slice of the batching: claim what changed, number the NOTIFYs, tell the owners.

Runs on a synchronous connection: Django's, in the Celery task or in a thread of a SIP
worker that stands in for a dead beat.
"""

from __future__ import annotations

from typing import Any, Protocol

from rls.store.numbering import CHANGED

# All in one: a crash leaves the changes to the next tick, and nothing but numbers crosses the wire.
SLICE = f"""
with claimed as (
  delete from rls_changes
   where id = any(array(select id from rls_changes where slice = %b for update skip locked))
  returning watcher_ids, row_ids
), {CHANGED}
select count(*), pg_notify('rls_outbox_' || owner, min(id) || ':' || max(id)) from told group by owner
"""


# After the slice: a crash in between has it served once more, which finds nothing.
SERVED = """
insert into rls_tick as t (id, last, slot, by, lag, slots, notifies) values (1, now(), %b, %b, %b, 1, %b)
on conflict (id) do update set last = excluded.last, slot = excluded.slot, by = excluded.by,
  lag = excluded.lag, slots = t.slots + 1, notifies = t.notifies + excluded.notifies
"""


class Cursor(Protocol):
    """What is used of a psycopg cursor."""

    def execute(self, query: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...


def run_slice(cursor: Cursor, slice_number: int) -> int:
    """Turn the changes of one slice into outbox rows; returns how many NOTIFYs."""
    cursor.execute(SLICE, (slice_number,))
    return sum(count for count, _ in cursor.fetchall())

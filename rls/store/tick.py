"""One slice of the batching: claim what changed, number the NOTIFYs, tell the owners.

Runs on a synchronous connection: Django's, in the Celery task or in a thread of a SIP
worker that stands in for a dead beat.
"""

from __future__ import annotations

from typing import Any

from psycopg import RawCursor

from rls.store.group_statements import numbered
from rls.store.numbering import CHANGED

# All in one, the mark of the slot too: a crash leaves the changes and the slot to the next tick, and
# nothing but numbers crosses the wire.
SLICE = numbered(f"""
with claimed as (
  delete from rls_changes
   where id = any(array(select id from rls_changes where slice = %b for update skip locked))
  returning watcher_ids, row_ids, mark
), {CHANGED}, served as (
  update rls_tick
     set last = now(), slot = %b, by = %b, lag = %b, slots = slots + 1,
         notifies = notifies + (select count(*) from told)
   where id = any(array(select id from rls_tick where id = 1 for update skip locked))
)
select count(*), pg_notify('rls_outbox_' || owner, min(id) || ':' || max(id)) from told group by owner
""")


def run_slice(cursor: RawCursor[Any], slice_number: int, slot: int, by: str, lag: float) -> int:
    """Turn the changes of one slice into outbox rows; returns how many NOTIFYs.

    Marks that `by` served the slot, `lag` seconds late. Prepared: planning it takes as long as a small
    slice does.
    """
    cursor.execute(SLICE, (slice_number, slot, by, lag), prepare=True)
    return sum(count for count, _ in cursor.fetchall())

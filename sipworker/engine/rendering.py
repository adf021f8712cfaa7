"""The bytes of a NOTIFY, made from memory at the moment of sending."""

from __future__ import annotations

from typing import NamedTuple

from rls.domain.aggregate import compose
from rls.store.numbering import OutboxRow
from sipworker.engine.list_subscription import ListSubscription

REQUIRE = "Require: eventlist\r\n"
"""In every NOTIFY of a list subscription, the last one too (RFC 4662 section 4.1)."""


class Notify(NamedTuple):
    state: str
    headers: str
    body: bytes


def render(watcher: ListSubscription, row: OutboxRow, host: str, now: float) -> Notify:
    """Full state, or the resources whose rows are named; never less than was numbered."""
    full = row.kind == "F" or watcher.force_full
    back_ends = list(watcher.resources.values())
    if not full:
        wanted = set(row.row_ids)
        back_ends = [back_end for back_end in back_ends if back_end.row_id in wanted]
    content_type, body = compose(
        watcher.list_uri,
        row.version,
        full,
        watcher.names,
        [back_end.view for back_end in back_ends],
        host,
        f"{watcher.id:x}.{row.version}",
    )
    state = watcher.sip.subscription_state(now, row.reason)
    return Notify(state, f"{REQUIRE}Content-Type: {content_type}\r\n", body)


def render_fetch(watcher: ListSubscription, host: str, now: float) -> Notify:
    """The only NOTIFY of a fetch (RFC 6665 section 4.4.3)."""
    return render(watcher, OutboxRow(0, 0, watcher.id, 1, 0, "F", "timeout", []), host, now)

"""What happened to a subscription, in order, out of the rows that tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rls.domain.summary import summarize
from rls.models import Order, Presentity, Watcher

NEWEST = 40


class Event(NamedTuple):
    """`at` in Unix seconds."""

    at: float
    text: str
    tone: str = "quiet"


def timeline(watcher: Watcher) -> list[Event]:
    """The newest first; what lies ahead is not in it."""
    events = [*_dialog(watcher), *_changes(watcher), *_orders(watcher)]
    return sorted(events, reverse=True)[:NEWEST]


def _dialog(watcher: Watcher) -> Iterator[Event]:
    yield Event(watcher.created, "SUBSCRIBE accepted, full state sent", "good")
    if watcher.told:
        yield Event(
            watcher.told, f"NOTIFY with RLMI version {watcher.version} (CSeq {watcher.local_cseq})", "one"
        )
    if watcher.status == Watcher.Status.TERMINATED and watcher.told:
        yield Event(watcher.told, f"ended: {watcher.reason}", "bad")


def _changes(watcher: Watcher) -> Iterator[Event]:
    rows = Presentity.objects.filter(watcher=watcher, changed__gt=0).order_by("-changed")[:NEWEST]
    for row in rows:
        if row.be_code >= 300 or row.auth_state == Presentity.AuthState.TERMINATED:
            why = " ".join(filter(None, (str(row.be_code) if row.be_code >= 300 else "", row.reason)))
            yield Event(row.changed, f"{row.resource_uri}: back end {why or 'ended'}", "bad")
        elif row.presence_state is None:
            yield Event(row.changed, f"{row.resource_uri}: {row.get_auth_state_display()}, no state")
        else:
            said = summarize(row.content_type, bytes(row.presence_state))
            words = f"{said.state} ({said.note})" if said.note else said.state
            yield Event(row.changed, f"{row.resource_uri}: {words}", said.tone)


def _orders(watcher: Watcher) -> Iterator[Event]:
    for order in Order.objects.filter(watcher_id=watcher.pk).order_by("-pk")[:NEWEST]:
        result = order.result if order.done else f"waits for worker {order.owner}"
        yield Event(order.at.timestamp(), f"{order.by}: {order.get_kind_display()} – {result}", "attention")

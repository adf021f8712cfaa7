"""Operators' orders to SIP workers: written down and announced; the owner of a subscription does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from rls.models import Order, Watcher

KEPT = timedelta(days=30)
"""How long orders stay on record."""
REASONS = {
    "deactivated": "the watcher is to subscribe again at once",
    "probation": "the watcher is to subscribe again later",
    "rejected": "the watcher may not subscribe again",
    "giveup": "the watcher may subscribe again whenever it likes",
    "noresource": "the list is gone for good",
}
"""Why a subscription can be ended (RFC 6665 section 4.1.3), and what that tells the watcher."""


def channel(owner: int) -> str:
    """Where a worker hears that there are orders for it."""
    return f"rls_orders_{owner}"


@transaction.atomic
def for_watchers(kind: Order.Kind, watchers: Iterable[Watcher], by: str, reason: str = "") -> list[Order]:
    """One order for each subscription, to its owner. `reason` is one of REASONS, of an end."""
    return _give(
        [
            Order(kind=kind, owner=each.owner, watcher_id=each.pk, subject=str(each), reason=reason, by=by)
            for each in watchers
        ]
    )


@transaction.atomic
def for_worker(kind: Order.Kind, number: int, by: str) -> Order:
    """An order to a worker as a whole."""
    return _give([Order(kind=kind, owner=number, by=by)])[0]


def _give(orders: list[Order]) -> list[Order]:
    orders = Order.objects.bulk_create(orders)
    with connection.cursor() as cursor:
        for owner in {order.owner for order in orders}:
            cursor.execute("select pg_notify(%s, '')", (channel(owner),))
    return orders


def clean_up() -> int:
    """Forget what was done long ago, and what no worker came back for."""
    return Order.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]

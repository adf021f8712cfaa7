"""`rls notify`, `end`, `retry`, `drain`, `undrain`: orders to SIP workers, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser

from rls import orders
from rls.models import Order, Worker
from sipworker.operating.command import Options, Part, Result, operator
from sipworker.operating.finding import add_what, some

Kind = Order.Kind
ROUND = 0.1


def _add_wait(parser: CommandParser) -> None:
    parser.add_argument(
        "--wait", type=float, default=5.0, metavar="SECONDS", help="for the workers' answers (default: 5)"
    )


def _add_what(parser: CommandParser) -> None:
    add_what(parser)
    _add_wait(parser)


def _add_end(parser: CommandParser) -> None:
    _add_what(parser)
    parser.add_argument(
        "--reason",
        choices=tuple(orders.REASONS),
        default="deactivated",
        help="what the watcher is told; by default that it may subscribe again at once",
    )
    parser.add_argument("--all", action="store_true", help="also if more than one subscription is meant")


def _add_worker(parser: CommandParser) -> None:
    parser.add_argument("worker", type=int, help="number of the SIP worker (RLS_WORKER)")
    _add_wait(parser)


def _to_watchers(kind: Kind, options: Options) -> Result:
    found = list(some(options["what"]))
    if kind == Kind.END and len(found) > 1 and not options["all"]:
        raise CommandError(f"{len(found)} subscriptions are meant: say --all, or name one of them.")
    given = orders.for_watchers(kind, found, operator(), options.get("reason", ""))
    return _answers(given, options["wait"])


def _to_worker(kind: Kind, options: Options) -> Result:
    number = options["worker"]
    if not Worker.objects.filter(pk=number).exists():
        raise CommandError(f"There is no SIP worker {number}; `rls status` names them.")
    return _answers([orders.for_worker(kind, number, operator())], options["wait"])


def _answers(given: Sequence[Order], patience: float) -> Result:
    numbers, end = [order.pk for order in given], time.monotonic() + patience
    while True:
        rows = list(Order.objects.filter(pk__in=numbers).order_by("pk"))
        if all(row.done for row in rows) or time.monotonic() >= end:
            break
        time.sleep(ROUND)
    data = [_data(row) for row in rows]
    lines = "\n".join(f"{row['what']}: {row['result']}" for row in data)
    return Result(data, lines, ok=all(row["done"] for row in data))


def _data(order: Order) -> dict[str, Any]:
    waiting = f"worker {order.owner} has not answered; it will do it when it is back"
    return {
        "order": order.pk,
        "what": order.subject or f"worker {order.owner}",
        "done": order.done is not None,
        "result": order.result if order.done else waiting,
    }


NOTIFY = Part(
    "notify",
    "Send full state now.",
    ("notify alice@example.com", "notify sip:team@example.com"),
    lambda options: _to_watchers(Kind.FULL_STATE, options),
    _add_what,
)
RETRY = Part(
    "retry",
    "Ask the back ends again that refused, failed or gave up.",
    ("retry 4711",),
    lambda options: _to_watchers(Kind.RETRY, options),
    _add_what,
)
END = Part(
    "end",
    "End subscriptions with a final NOTIFY: one, or all of a user or list.",
    ("end 4711", "end alice@example.com --all --reason rejected"),
    lambda options: _to_watchers(Kind.END, options),
    _add_end,
)
DRAIN = Part(
    "drain",
    "Let a SIP worker refuse new subscriptions (503) until it is restarted or undrained; others go on.",
    ("drain 2",),
    lambda options: _to_worker(Kind.DRAIN, options),
    _add_worker,
)
UNDRAIN = Part(
    "undrain",
    "Let a SIP worker accept new subscriptions again.",
    ("undrain 2",),
    lambda options: _to_worker(Kind.UNDRAIN, options),
    _add_worker,
)

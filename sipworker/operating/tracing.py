"""`rls trace`: the SIP messages of a subscription, a user or a list, as they come and go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from rls import traces
from rls.domain.capture import pcap
from rls.models import Trace, TracedMessage
from rls.tracefile import captured
from sipworker.operating.command import Options, Part, Result, operator
from sipworker.operating.finding import add_what, find, some
from sipworker.watchlist.printable import message_text

ROUND = 0.5
LINGER = 1.5
"""Seconds after the end in which the workers write down what they have."""


def _add_arguments(parser: CommandParser) -> None:
    add_what(parser)
    parser.add_argument("--for", dest="seconds", type=float, default=60.0, metavar="SECONDS",
                        help="how long (default: 60); Ctrl-C ends it earlier")  # fmt: skip
    parser.add_argument("--pcap", type=Path, metavar="FILE", help="also write the messages as a pcap file")


def _run(options: Options) -> Result:
    kind, target = _target(options["what"])
    trace = traces.start(kind, target, operator(), timedelta(seconds=options["seconds"]))
    shown: list[TracedMessage] = []
    try:
        for message in _follow(trace):
            shown.append(message)
            if not options["json"]:
                options["say"](_text(message))
    except KeyboardInterrupt:
        pass
    finally:
        traces.stop(trace)
    if options["pcap"]:
        options["pcap"].write_bytes(pcap(map(captured, shown)))
    return Result([_data(message) for message in shown], f"{len(shown)} messages (trace {trace.pk}).")


def _target(what: str) -> tuple[Trace.Kind, str]:
    """A user or a list may come later: what they begin with is wanted, too. Others have to be there."""
    found = find(what)
    if what.lower().startswith(("sip:", "sips:")):
        of_user = any(each.identity == what for each in found)
        return (Trace.Kind.USER, what.partition(":")[2]) if of_user else (Trace.Kind.LIST, what)
    if "@" in what and not any(each.callid == what for each in found):
        return Trace.Kind.USER, what
    numbers = [each.pk for each in some(what)]
    if len(numbers) > 1:
        raise CommandError(f"{len(numbers)} subscriptions have this Call-ID; name one: {numbers}.")
    return Trace.Kind.WATCHER, str(numbers[0])


def _follow(trace: Trace) -> Iterator[TracedMessage]:
    last, end = 0, trace.until.timestamp() + LINGER
    while time.time() < end:
        for message in trace.messages.filter(pk__gt=last).order_by("pk"):
            last = message.pk
            yield message
        time.sleep(ROUND)


def _text(message: TracedMessage) -> str:
    arrow = "→" if message.sent else "←"
    ends = f"{message.local} {arrow} {message.remote} {message.transport}"
    return f"---- {message.at:%H:%M:%S.%f} {ends}\n{message_text(bytes(message.message))}"


def _data(message: TracedMessage) -> dict[str, Any]:
    return {
        "at": message.at.isoformat(),
        "sent": message.sent,
        "transport": message.transport,
        "local": message.local,
        "remote": message.remote,
        "message": bytes(message.message).decode("utf-8", "backslashreplace"),
    }


PART = Part(
    "trace",
    "Show the SIP messages of a subscription, a user or a list; its back ends' messages too.",
    (
        "trace alice@example.com",
        "trace 4711 --for 300 --pcap alice.pcap",
        "trace 3c26700857a87f84@192.0.2.7",
        "trace sip:team@example.com --json",
    ),
    _run,
    _add_arguments,
)

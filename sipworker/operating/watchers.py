"""`rls watchers` and `rls show`: who watches what, and one subscription with all that is known of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser

from rls.domain.summary import summarize
from rls.models import OutboxEntry, Presentity, Watcher
from sipworker.operating.command import Options, Part, Result, table
from sipworker.operating.finding import add_what, find, some


def _of(watcher: Watcher) -> dict[str, Any]:
    return {
        "number": watcher.pk,
        "label": f"{watcher.pk:x}",
        "watcher": f"{watcher.watcher_username}@{watcher.watcher_domain}",
        "list": watcher.service_uri,
        "event": watcher.event,
        "state": watcher.get_status_display(),
        "expires_in": watcher.expires - int(time.time()),
        "version": watcher.version,
        "worker": watcher.owner,
        "user_agent": watcher.user_agent,
        "call_id": watcher.callid,
    }


def _add_limits(parser: CommandParser) -> None:
    add_what(parser, optional=True)
    parser.add_argument("--event", help="only this event package")
    parser.add_argument(
        "--failing", action="store_true", help="only those with a back end that refuses or fails"
    )
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default: 50)")


def _list(options: Options) -> Result:
    rows = find(options["what"])
    if options["event"]:
        rows = rows.filter(event=options["event"])
    if options["failing"]:
        rows = rows.filter(pk__in=Presentity.objects.filter(be_code__gte=300).values("watcher_id"))
    found = [_of(watcher) for watcher in rows[: options["limit"]]]
    columns = ("number", "watcher", "list", "event", "state", "expires_in", "version", "worker")
    lines = table([[each[name] for name in columns] for each in found], *columns)
    return Result(found, lines if found else "Nobody.")


def _show(options: Options) -> Result:
    found = some(options["what"])
    shown = [_all_of(watcher) for watcher in found[:10]]
    return Result(shown, "\n\n".join(_text(each) for each in shown))


def _all_of(watcher: Watcher) -> dict[str, Any]:
    resources = Presentity.objects.filter(watcher=watcher).order_by("position", "instance")
    return {
        **_of(watcher),
        "contact": watcher.contact,
        "route_set": watcher.record_route or "",
        "flow": watcher.flow,
        "notify_cseq": watcher.local_cseq,
        "to_send": OutboxEntry.objects.filter(watcher=watcher, owner=watcher.owner).count(),
        "resources": [_resource(each) for each in resources],
    }


def _resource(row: Presentity) -> dict[str, Any]:
    said = summarize(row.content_type, bytes(row.presence_state)) if row.presence_state else None
    return {
        "uri": row.resource_uri,
        "state": said.state if said else "",
        "note": said.note if said else "",
        "back_end": row.get_auth_state_display(),
        "code": row.be_code,
        "reason": row.reason,
        "why": row.why,
        "expires_in": row.ends - int(time.time()) if row.ends else None,
        "next_try_in": max(row.next_try - int(time.time()), 0) if row.next_try else None,
    }


def _text(shown: dict[str, Any]) -> str:
    head = "\n".join(
        f"{name.replace('_', ' '):12}  {value}" for name, value in shown.items() if name != "resources"
    )
    columns = ("uri", "state", "note", "back_end", "why", "next_try_in")
    return f"{head}\n\n{table([_cells(row, columns) for row in shown['resources']], *columns)}"


def _cells(row: dict[str, Any], columns: Sequence[str]) -> list[object]:
    return ["" if row[name] is None else row[name] for name in columns]


LIST = Part(
    "watchers",
    "List subscriptions, all or some.",
    (
        "watchers",
        "watchers alice@example.com",
        "watchers sip:team@example.com --event dialog",
        "watchers --failing --json",
    ),
    _list,
    _add_limits,
)
SHOW = Part(
    "show",
    "One subscription: its dialog, and each resource as people read it, with what the back end said.",
    ("show 4711", "show alice@example.com", "show 3c26700857a87f84@192.0.2.7 --json"),
    _show,
    add_what,
)

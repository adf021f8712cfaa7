"""What one NOTIFY brought."""

from __future__ import annotations

from dataclasses import dataclass

from rls.domain.rlmi import State
from sipworker.sip.headers import SubscriptionState
from sipworker.sip.received_notify import ReceivedNotify
from sipworker.watchlist import bodies
from sipworker.watchlist.bodies import ListBody, UnreadableBody
from sipworker.watchlist.table import ListTable, Verdict

EMPTY = "no body"
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Report:
    """`outcome` is a Verdict's value, EMPTY or UNREADABLE; `problem` says what was unreadable."""

    cseq: int
    state: SubscriptionState
    size: int
    outcome: str
    body: ListBody | None = None
    problem: str = ""

    @property
    def told(self) -> list[str]:
        """The URIs of the resources in the document."""
        return [resource.uri for resource in self.body.meta.resources] if self.body else []


def take(notify: ReceivedNotify, table: ListTable, list_uri: str, now: float) -> Report:
    """Apply a NOTIFY's body to the table."""
    cseq, state, size = notify.request.cseq.number, notify.state, len(notify.body)
    if not notify.body:
        return Report(cseq, state, size, EMPTY)
    try:
        body = _body(notify, table, list_uri)
    except UnreadableBody as error:
        return Report(cseq, state, size, UNREADABLE, problem=str(error))
    return Report(cseq, state, size, table.apply(body, now).value, body)


def _body(notify: ReceivedNotify, table: ListTable, list_uri: str) -> ListBody:
    if bodies.is_list(notify.content_type):
        return bodies.read(notify.content_type, notify.body)
    # Not a list: the URI is a single resource, and numbers nothing.
    version = 0 if table.version is None else table.version + 1
    state: State = "pending" if notify.state.state == "pending" else "active"
    return bodies.alone(list_uri, version, state, notify.content_type, notify.body)


def needs_refresh(report: Report) -> bool:
    return report.outcome == Verdict.GAP.value

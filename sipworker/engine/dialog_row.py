"""Watchers' dialogs out of the rows that keep them, whatever they watch."""

from __future__ import annotations

from typing import Protocol

from sipworker.engine.clock import monotonic
from sipworker.sip.agent import UserAgent
from sipworker.sip.dialog import Dialog
from sipworker.sip.flow import Flow
from sipworker.sip.grammar import split_commas
from sipworker.sip.incoming_subscription import IncomingSubscription


class DialogRow(Protocol):
    """What rows of watchers have in common; the names are those of `rls_watchers`."""

    @property
    def event_id(self) -> str | None: ...
    @property
    def callid(self) -> str: ...
    @property
    def to_tag(self) -> str: ...
    @property
    def from_tag(self) -> str: ...
    @property
    def to_header(self) -> str: ...
    @property
    def from_header(self) -> str: ...
    @property
    def local_cseq(self) -> int: ...
    @property
    def remote_cseq(self) -> int: ...
    @property
    def contact(self) -> str: ...
    @property
    def local_contact(self) -> str: ...
    @property
    def record_route(self) -> str: ...
    @property
    def flow(self) -> str: ...
    @property
    def expires(self) -> int: ...


def resumed(row: DialogRow, agent: UserAgent, event: str, now: float) -> IncomingSubscription:
    """The subscription as it was before a restart."""
    dialog = Dialog(
        call_id=row.callid,
        local=row.to_header,
        local_tag=row.to_tag,
        remote=row.from_header,
        remote_tag=row.from_tag,
        remote_target=row.contact,
        route_set=tuple(split_commas(row.record_route)) if row.record_route else (),
        local_cseq=row.local_cseq,
        remote_cseq=row.remote_cseq,
    )
    sip = IncomingSubscription(agent, dialog, event, row.event_id, Flow.loads(row.flow))
    sip.local_contact = row.local_contact
    sip.state = "active"
    sip.expires_at = monotonic(row.expires, now)
    return sip

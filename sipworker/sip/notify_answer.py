"""Answers to a NOTIFY in a dialog. Its 200 is what a list server says most often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sipworker.sip.headers import parse_event
from sipworker.sip.message import Request

if TYPE_CHECKING:
    from sipworker.sip.subscription import Subscription

Refusal = tuple[int, str, Sequence[tuple[str, str]]]


def ok(request: Request, contact: str) -> bytes:
    """What response() makes of it, in a fraction of the time.

    The rows come from a parsed message, so they hold no line breaks.
    """
    rows = request.headers
    vias = "\r\nVia: ".join(rows["via"])
    return (
        f"SIP/2.0 200 OK\r\nVia: {vias}\r\n"
        f"From: {rows['from'][0]}\r\nTo: {rows['to'][0]}\r\n"
        f"Call-ID: {request.call_id}\r\nCSeq: {rows['cseq'][0]}\r\n"
        f"Contact: <{contact}>\r\nContent-Length: 0\r\n\r\n"
    ).encode("utf-8", "surrogateescape")


def refusal_of(subscription: Subscription, request: Request) -> Refusal | None:
    """Rows D50 to D54 of the decision table. Raises MalformedMessage."""
    agent, dialog = subscription.agent, subscription.dialog
    event = request.header("event") or ""
    if event != subscription.event and parse_event(event)[:2] != parse_event(subscription.event)[:2]:
        return 489, "Bad Event", agent.allow_events()
    forked = dialog.remote_tag and request.from_tag != dialog.remote_tag
    if forked or subscription.state == "terminated":
        return 481, "Subscription does not exist", ()
    if request.cseq.number < dialog.remote_cseq:
        return 500, "CSeq out of order", ()
    if "require" in request.headers and (unsupported := agent.unsupported(request)):
        return 420, "Bad Extension", unsupported
    return None

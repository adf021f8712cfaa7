"""A list subscription without a worker: what rendering and the queue of NOTIFYs look at."""

from __future__ import annotations

from rls.domain.lists import Entry
from sipworker.engine.list_subscription import BackEnd, ListSubscription
from sipworker.sip.agent import UserAgent
from sipworker.sip.dialog import Dialog
from sipworker.sip.flow import Flow
from sipworker.sip.incoming_subscription import IncomingSubscription
from tests.django.engine.lists import FRIENDS
from tests.pure.sip.network import Network, Recorder


def subscription(*entries: str, transport: str = "udp") -> ListSubscription:
    """Active for 600 s from time 0; the rows of the entries are 1, 2, 3…"""
    agent: UserAgent = Network().agent(("10.0.0.1", 5060), Recorder())
    dialog = Dialog(
        "call", f"<{FRIENDS}>", "ours", "<sip:alice@example.test>", "theirs", "sip:alice@10.0.0.2"
    )
    flow = Flow(transport, ("10.0.0.1", 5060), ("10.0.0.2", 5060))
    sip = IncomingSubscription(agent, dialog, "presence", None, flow)
    sip.state, sip.expires_at = "active", 600.0
    watcher = ListSubscription(
        3, sip, FRIENDS, FRIENDS, identity="sip:alice@example.test", from_header="<sip:alice@example.test>"
    )
    for number, uri in enumerate(entries, 1):
        watcher.add(Entry(uri, uri), number)
    return watcher


def know(back_end: BackEnd, body: bytes, content_type: str = "application/pidf+xml") -> None:
    """The back end is active and told this."""
    back_end.turn("active", None)
    back_end.put(content_type, body)
    back_end.reveal(back_end.instance)

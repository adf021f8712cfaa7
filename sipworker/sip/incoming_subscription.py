"""The notifier's side of one subscription (RFC 6665 section 4.2), after sipsimple's IncomingSubscription."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from rls.domain.uri import InvalidUri, SipUri
from sipworker.sip.brevity import UNBOUNDED
from sipworker.sip.compact import compacted
from sipworker.sip.dialog import Dialog, contact_of
from sipworker.sip.flow import Flow
from sipworker.sip.grammar import MalformedMessage, delta_seconds
from sipworker.sip.headers import MAGIC_COOKIE, parse_event
from sipworker.sip.message import Request, Response
from sipworker.sip.notifications import (
    SIPIncomingSubscriptionDidEnd,
    SIPIncomingSubscriptionDidTimeout,
    SIPIncomingSubscriptionGotRefreshingSubscribe,
    SIPIncomingSubscriptionNotifyDidFail,
    SIPIncomingSubscriptionNotifyDidSucceed,
)
from sipworker.sip.response import response
from sipworker.sip.sending import send_by, send_request
from sipworker.sip.subscription import ENDING_CODES
from sipworker.sip.timers import Timer
from sipworker.sip.transactions import Outcome, ServerTransaction

if TYPE_CHECKING:
    from sipworker.sip.agent import UserAgent

Headers = Sequence[tuple[str, str]]


class IncomingSubscription:
    """`state` is incoming, pending, active or terminated. Posts SIPIncomingSubscription… notifications.

    `event` is the package as the subscriber wrote it, `notified_event` as NOTIFYs do.

    A simple notifier calls accept(), push_content() and end(). A server that numbers its
    NOTIFYs elsewhere calls accept() and send_notify().
    """

    __slots__ = (
        "_expiry", "_in_flight", "_lost", "_queue", "_transaction",
        "agent", "dialog", "event", "event_id", "expires_at", "flow", "local_contact", "notified_event",
        "owner", "state",
    )  # fmt: skip

    def __init__(
        self, agent: UserAgent, dialog: Dialog, event: str, event_id: str | None, flow: Flow
    ) -> None:
        self.agent = agent
        self.dialog = dialog
        self.event = self.notified_event = event
        self.event_id = event_id
        self.flow = flow
        self.local_contact = agent.contact(flow)
        self.owner: object = None
        self.state = "incoming"
        self.expires_at = 0.0
        self._transaction: ServerTransaction | None = None
        self._expiry: Timer | None = None
        self._in_flight = False
        self._lost = 0
        self._queue: list[tuple[str, str, bytes]] = []  # a deque would be 760 bytes

    @classmethod
    def from_subscribe(cls, agent: UserAgent, transaction: ServerTransaction) -> IncomingSubscription:
        """The subscription that a SUBSCRIBE outside a dialog asks for.

        Raises MalformedMessage if its Contact or Event cannot make one.
        """
        request = transaction.request
        package, event_id, _ = parse_event(request.header("event") or "")
        dialog = Dialog.for_server(request, agent.new_token())
        flow = notify_flow(request, transaction.source, dialog.remote_target)
        subscription = cls(agent, dialog, package, event_id, flow)
        subscription._transaction = transaction
        return subscription

    def resume(self, expires_at: float, now: float) -> None:
        """Take up a subscription from before a restart."""
        self._enter()
        self.agent.resumed.add(self, now)
        self.state = "active"
        self._expire_at(expires_at)

    def _enter(self) -> None:
        self.agent.incoming[self.dialog.did] = self
        self.agent.kept_open.add(self.flow)

    # -- SUBSCRIBE

    def receive_subscribe(self, transaction: ServerTransaction, now: float) -> None:
        """A SUBSCRIBE in our dialog."""
        request = transaction.request
        refusal = self._refusal(request)
        if refusal is not None:
            self.agent.reply(transaction, *refusal, now=now)
            return
        self._transaction = transaction
        self.agent.observe(SIPIncomingSubscriptionGotRefreshingSubscribe(self, request), now)

    def _refusal(self, request: Request) -> tuple[int, str] | None:
        """Raises MalformedMessage if its Event or Contact is senseless."""
        if request.cseq.number <= self.dialog.remote_cseq and self.agent.resumed.of(request) is not self:
            return 500, "CSeq out of order"
        self.dialog.remote_cseq = request.cseq.number
        if parse_event(request.header("event") or "")[:2] != (self.event, self.event_id):
            return 403, "Dialog sharing not supported"
        if self._transaction is not None and not self._transaction.answered:
            return 500, "Another SUBSCRIBE is under way"
        contact_of(request)
        return None

    def reject(self, code: int, now: float, reason: str | None = None, headers: Headers = ()) -> None:
        """Refuse the SUBSCRIBE; an existing subscription stays as it was."""
        transaction = self.hand_over()
        self.agent.refused[code] += 1
        self.agent.reply(transaction, code, reason, headers=headers, now=now)
        if self.state == "incoming":
            self.state = "terminated"

    def accept(self, expires: int, now: float, headers: Headers = (), code: int = 200) -> None:
        """Answer 200 with `expires` seconds, never more than was asked for; the NOTIFY is the caller's.
        `code` 204 says that none comes (RFC 5839).

        A subscription that ended while its SUBSCRIBE waited is answered 481.
        """
        transaction = self.hand_over()
        request = transaction.request
        if self.state == "terminated":
            self.agent.reply(transaction, 481, "Subscription does not exist", now=now)
            return
        asked = delta_seconds(request.header("expires"))
        expires = expires if asked is None else min(expires, asked)
        if self.state == "incoming":
            self._enter()
            self.state = "active"
        else:
            self.retarget(request, transaction.source)
        common = (
            *((("Record-Route", route)) for route in request.rows("record-route")),
            ("Contact", f"<{self.local_contact}>"),
            ("Expires", str(expires)),
        )
        answer = response(request, code, to_tag=self.dialog.local_tag, headers=(*common, *headers))
        transaction.room = UNBOUNDED  # the caller knows who asked
        transaction.respond(answer, now)
        if expires:
            self._expire_at(now + expires)
        else:  # the caller ends it
            self._stop_expiry()
            self.expires_at = now

    def retarget(self, request: Request, flow: Flow) -> None:
        """A SUBSCRIBE is a target refresh request: its Contact moves the NOTIFYs (3.1)."""
        self.dialog.remote_target = contact_of(request) or self.dialog.remote_target
        before, self.flow = self.flow, notify_flow(request, flow, self.dialog.remote_target)
        if self.flow != before:
            self.agent.kept_open.remove(before)
            self.agent.kept_open.add(self.flow)

    @property
    def waiting(self) -> ServerTransaction:
        """The SUBSCRIBE that waits for accept() or reject(). Raises RuntimeError if there is none."""
        if self._transaction is None:
            raise RuntimeError("no SUBSCRIBE is waiting")
        return self._transaction

    @property
    def is_waiting(self) -> bool:
        """Whether a SUBSCRIBE still has no answer."""
        return self._transaction is not None

    @property
    def request(self) -> Request:
        return self.waiting.request

    def hand_over(self) -> ServerTransaction:
        """Leave the waiting SUBSCRIBE to someone else, a proxy for instance."""
        transaction, self._transaction = self.waiting, None
        return transaction

    # -- NOTIFY

    def event_header(self) -> str:
        event = self.notified_event
        return event if self.event_id is None else f"{event};id={self.event_id}"

    def subscription_state(self, now: float, reason: str = "") -> str:
        """The Subscription-State value: time left, or the reason of the end (no expires then, 4.1.3)."""
        if reason:
            return f"terminated;reason={reason}"
        state = self.state if self.state == "pending" else "active"
        return f"{state};expires={max(0, round(self.expires_at - now))}"

    def send_notify(self, cseq: int, state: str, headers: str, body: bytes, now: float) -> None:
        """Send the NOTIFY numbered `cseq`; success or failure is posted.

        `headers` are whole lines. The caller keeps the order and one in flight at a time.
        """
        dialog = self.dialog
        dialog.local_cseq = max(dialog.local_cseq, cseq)
        lines = (
            f"Max-Forwards: 70\r\nContact: <{self.local_contact}>\r\nEvent: {self.event_header()}\r\n"
            f"Subscription-State: {state}\r\n{headers}"
        )

        def build(flow: Flow, branch: str, now: float) -> bytes:
            data = dialog.serialize("NOTIFY", cseq, self.agent.via(flow, branch), lines, body)
            return compacted(data) if self.agent.compact else data

        def finished(outcome: Outcome, now: float) -> None:
            self._notified(cseq, outcome, now)

        # The same for the same NOTIFY: sent again after a crash, it is a retransmission.
        branch = f"{MAGIC_COOKIE}{dialog.local_tag}.{cseq}"
        if dialog.route_set or not self.flow.remote[0]:
            send_request(self.agent, "NOTIFY", dialog.next_hop(), build, finished, now, branch=branch)
        elif self.agent.larger and self._leads_to_contact():
            send_by(self.agent, "NOTIFY", (self.flow,), build, finished, now, branch=branch)
        else:
            data = build(self.flow, branch, now)
            self.agent.transactions.send("NOTIFY", branch, self.flow, data, finished, now)

    def _leads_to_contact(self) -> bool:
        """Whether another transport could reach the phone: not through a NAT."""
        try:
            return SipUri.parse(self.dialog.remote_target).host.strip("[]") == self.flow.remote[0]
        except InvalidUri:
            return False

    def _notified(self, cseq: int, outcome: Outcome, now: float) -> None:
        self._in_flight = False
        if isinstance(outcome, Response) and outcome.status < 300:
            self._lost = 0
            self._follow(outcome)
            self.agent.observe(SIPIncomingSubscriptionNotifyDidSucceed(self, cseq, outcome), now)
        else:
            ends = self._is_ended_by(outcome)
            self.agent.observe(SIPIncomingSubscriptionNotifyDidFail(self, cseq, outcome, ends), now)
            if ends:
                self.drop(now)
        self._push_next(now)

    def _is_ended_by(self, outcome: Outcome) -> bool:
        """RFC 6665 section 4.2.2; phones that lose a NOTIFY now and then may be borne with."""
        if outcome.status != 408:
            return outcome.status in ENDING_CODES
        self._lost += 1
        return self._lost >= self.agent.lost_notifies

    def _follow(self, answer: Response) -> None:
        """A 2xx may move the target (12.2.1.2). The flow stays: this answer came by it."""
        with suppress(MalformedMessage):
            self.dialog.follow(answer)

    # -- the simple way: one NOTIFY after the other, numbered here

    def push_content(self, content_type: str, body: bytes, now: float, headers: str = "") -> None:
        """Send a NOTIFY with this body as soon as those before it are answered."""
        self._enqueue("", f"{headers}Content-Type: {content_type}\r\n", body, now)

    def end(self, now: float, reason: str = "deactivated", content_type: str = "", body: bytes = b"") -> None:
        """Send the final NOTIFY, with the last state if there is a body, and forget the subscription."""
        self._enqueue(reason, f"Content-Type: {content_type}\r\n" if body else "", body, now)

    def _enqueue(self, reason: str, headers: str, body: bytes, now: float) -> None:
        self._queue.append((reason, headers, body))
        self._push_next(now)

    def _push_next(self, now: float) -> None:
        if self._in_flight or not self._queue or self.state == "terminated":
            return
        reason, headers, body = self._queue.pop(0)
        self._in_flight = True
        state = self.subscription_state(now, reason)
        self.send_notify(self.dialog.local_cseq + 1, state, headers, body, now)
        if reason:
            self.drop(now)

    # -- the end

    def _expire_at(self, when: float) -> None:
        self._stop_expiry()
        self.expires_at = when
        self._expiry = self.agent.wheel.schedule(when, self._expired)

    def _stop_expiry(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    def _expired(self, now: float) -> None:
        self.agent.observe(SIPIncomingSubscriptionDidTimeout(self), now)

    def drop(self, now: float) -> None:
        """Forget the dialog; what is in flight goes on."""
        self._stop_expiry()
        if self.state != "terminated":
            self.state = "terminated"
            if self.agent.incoming.pop(self.dialog.did, None):
                self.agent.kept_open.remove(self.flow)
            self.agent.observe(SIPIncomingSubscriptionDidEnd(self), now)


def notify_flow(request: Request, source: Flow, target: str) -> Flow:
    """Where NOTIFYs for the Contact `target` go when there is no route set.

    Streams and watchers behind a NAT: back the way the SUBSCRIBE came (RFC 5626 section
    5.3). Else the Contact's address (12.2.1.1); a flow without a host means "look it up".
    """
    via = request.via
    behind_nat = (via.host.strip("[]"), via.port or 5060) != source.remote
    try:
        uri = SipUri.parse(target)
    except InvalidUri:
        return source
    if source.reliable or behind_nat or uri.param("ob") is not None:
        return source
    if uri.transport in (None, "udp") and uri.host.strip("[]") == source.remote[0]:
        return source.to((source.remote[0], uri.port or 5060))
    return source.to(("", 0))

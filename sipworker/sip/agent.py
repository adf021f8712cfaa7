"""One SIP user agent without sockets: messages in, messages out, notifications to an observer."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Collection, Sequence

from sipworker.sip.flow import Flow, address_text
from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.message import Request, Response
from sipworker.sip.notifications import (
    Notification,
    Observer,
    SIPIncomingSubscriptionGotSubscribe,
    SIPRequestReceived,
)
from sipworker.sip.parse import parse
from sipworker.sip.response import response, with_received
from sipworker.sip.subscription import Subscription
from sipworker.sip.timers import TimerWheel
from sipworker.sip.transactions import (
    MAGIC_COOKIE,
    ServerTransaction,
    TransactionLayer,
    Transmit,
    response_flow,
)

Located = Callable[[Flow | None, float], None]
Locate = Callable[[str, Located, float], None]
"""locate(uri, done, now): find the flow to a URI's host and call done(flow or None, now)."""

KNOWN_METHODS = frozenset(
    {"INVITE", "BYE", "REGISTER", "REFER", "INFO", "UPDATE", "PRACK", "MESSAGE", "PUBLISH"}
)  # fmt: skip
ALLOW = "SUBSCRIBE, NOTIFY, OPTIONS, CANCEL, ACK"
Headers = Sequence[tuple[str, str]]


class UserAgent:
    """Transactions, dialogs and subscriptions of one agent, both sides of RFC 6665.

    `events` are the packages it notifies, `extensions` the option tags it understands,
    `handed_over` methods the observer answers itself (as SIPRequestReceived).
    """

    def __init__(
        self,
        *,
        wheel: TimerWheel,
        transmit: Transmit,
        locate: Locate,
        observer: Observer,
        contact_user: str = "",
        events: Sequence[str] = (),
        extensions: Collection[str] = (),
        handed_over: Collection[str] = (),
        advertise: Callable[[Flow], str] | None = None,
    ) -> None:
        self.wheel = wheel
        self.transmit = transmit
        self.locate = locate
        self.observe: Callable[[Notification, float], None] = observer
        self.random = random.random
        self.transactions = TransactionLayer(wheel, transmit)
        self.subscriptions: dict[str, Subscription] = {}
        self.incoming: dict[str, IncomingSubscription] = {}
        self.malformed = 0
        self._contact_user = f"{contact_user}@" if contact_user else ""
        self._events = events
        self._extensions = frozenset(extensions)
        self._handed_over = handed_over
        self._advertise = advertise or (lambda flow: address_text(flow.local))
        self._branch_prefix = MAGIC_COOKIE + secrets.token_hex(6)
        self._branches = 0

    # -- names

    def new_token(self) -> str:
        """A tag or cnonce: 64 random bits (19.3 asks for 32)."""
        return secrets.token_hex(8)

    def new_call_id(self) -> str:
        return secrets.token_hex(12)

    def new_branch(self) -> str:
        self._branches += 1
        return f"{self._branch_prefix}.{self._branches:x}"

    def via(self, flow: Flow, branch: str) -> str:
        return f"SIP/2.0/{flow.transport.upper()} {self._advertise(flow)};rport;branch={branch}"

    def contact(self, flow: Flow) -> str:
        """Our Contact URI for messages on this flow."""
        transport = "" if flow.transport == "udp" else f";transport={flow.transport}"
        return f"sip:{self._contact_user}{self._advertise(flow)}{transport}"

    # -- in

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        """One message from the network; whatever is wrong with it is dealt with here."""
        try:
            message = parse(data, stream=flow.reliable)
            if isinstance(message, Response):
                self.transactions.receive_response(message, now)
            else:
                with_received(message, *flow.remote)
                self._receive_request(message, flow, now)
        except MalformedMessage as error:
            self.malformed += 1
            if error.request is not None and error.request.method != "ACK":
                self.answer_statelessly(error.request, flow, error.status, error.reason)

    def _receive_request(self, request: Request, flow: Flow, now: float) -> None:
        if request.method == "NOTIFY":
            subscription = self.subscriptions.get(request.call_id)
            if subscription is not None and subscription.dialog.local_tag == request.to.tag:
                subscription.receive_notify(request, flow, now)
                return
        elif request.method == "ACK":
            return
        transaction = self.transactions.receive_request(request, flow, now)
        if transaction is not None:
            self._dispatch(transaction, request, now)

    def _dispatch(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        """Rows D7 to D14 of the decision table, then whoever serves the method."""
        if request.method == "CANCEL":
            self.reply(transaction, 200 if self.transactions.cancelled(request) else 481, now=now)
            return
        if self._refused(transaction, request, now):
            return
        if request.method == "SUBSCRIBE":
            self._receive_subscribe(transaction, request, now)
        elif request.method == "NOTIFY":
            self.reply(transaction, 481, "Subscription does not exist", now=now)
        elif request.method == "OPTIONS":
            self.reply(transaction, 200, headers=self.capabilities(), now=now)
        else:
            self.observe(SIPRequestReceived(transaction), now)

    def _refused(self, transaction: ServerTransaction, request: Request, now: float) -> bool:
        method = request.method
        if method not in ("SUBSCRIBE", "NOTIFY", "OPTIONS") and method not in self._handed_over:
            code = 405 if method in KNOWN_METHODS else 501
            self.reply(transaction, code, headers=(("Allow", ALLOW),), now=now)
        elif not request.uri.lower().startswith(("sip:", "sips:")):
            self.reply(transaction, 416, now=now)
        elif self.transactions.is_merged(transaction):
            self.reply(transaction, 482, "Merged Request", now=now)
        else:
            unknown = [tag for tag in request.values("require") if tag.lower() not in self._extensions]
            if not unknown:
                return False
            self.reply(transaction, 420, headers=(("Unsupported", ", ".join(unknown)),), now=now)
        return True

    def _receive_subscribe(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        to_tag = request.to.tag
        if to_tag is not None:
            incoming = self.incoming.get(f"{request.call_id};{request.from_.tag or ''};{to_tag}")
            if incoming is None:
                self.reply(transaction, 481, "Subscription does not exist", now=now)
            else:
                incoming.receive_subscribe(transaction, now)
            return
        events = request.rows("event")
        if not events:
            self.reply(transaction, 489, headers=self.allow_events(), now=now)
            return
        try:
            if len(events) > 1 or "," in events[0]:
                raise MalformedMessage(400, "More than one Event", request)
            subscription = IncomingSubscription.from_subscribe(self, transaction)
        except MalformedMessage as error:
            self.reply(transaction, error.status, error.reason, now=now)
            return
        self.observe(SIPIncomingSubscriptionGotSubscribe(subscription, request), now)

    # -- out

    def allow_events(self) -> Headers:
        return (("Allow-Events", ", ".join(self._events)),) if self._events else ()

    def capabilities(self) -> Headers:
        return (
            ("Allow", ALLOW),
            *self.allow_events(),
            ("Supported", ", ".join(sorted(self._extensions))),
            ("Accept-Encoding", "identity"),
            ("Accept-Language", "en"),
        )

    def reply(
        self,
        transaction: ServerTransaction,
        status: int,
        reason: str | None = None,
        *,
        now: float,
        headers: Headers = (),
    ) -> None:
        """Answer a request that makes no dialog."""
        request = transaction.request
        answer = response(request, status, reason, to_tag=self.new_token(), headers=headers)
        transaction.respond(answer, now)

    def answer_statelessly(self, request: Request, flow: Flow, status: int, reason: str) -> None:
        try:
            flow = response_flow(request, flow)
        except MalformedMessage:
            pass  # its Via is the broken part: back to the source
        self.transmit(flow, response(request, status, reason, to_tag=self.new_token()))

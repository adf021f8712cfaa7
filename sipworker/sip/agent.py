"""One SIP user agent without sockets: messages in, messages out, notifications to an observer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from sipworker.sip.brevity import UNBOUNDED, fitted
from sipworker.sip.flow import URI_TRANSPORTS, Address, Flow, address_text
from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.headers import MAGIC_COOKIE, Via
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.keep_alive import KeptOpen, answer_to_keep_alive
from sipworker.sip.message import Request, Response
from sipworker.sip.notifications import (
    Notification,
    Observer,
    SIPIncomingSubscriptionGotSubscribe,
    SIPRequestReceived,
)
from sipworker.sip.parse import parse
from sipworker.sip.response import response, with_received
from sipworker.sip.resumed import Resumed
from sipworker.sip.subscription import Subscription
from sipworker.sip.timers import T1, TimerWheel
from sipworker.sip.tokens import Tokens
from sipworker.sip.transactions import (
    OnSilence,
    ServerTransaction,
    TransactionLayer,
    Transmit,
    response_flow,
)

Located = Callable[[Sequence[Flow], float], None]
Locate = Callable[[str, Located, float], None]
"""locate(uri, done, now): find the flows to a URI's servers, best first, and call done(flows, now)."""
Avoid = Callable[[Flow, float], None]
"""avoid(flow, seconds): let locate() put this server last for a while."""

Larger = Callable[[Flow], Sequence[Flow]]
"""larger(flow): what to try for a request that is too large for UDP; () to send it all the same."""
OnMalformed = Callable[[MalformedMessage, Flow], None]
Refusal = tuple[int, str | None, "Headers"]
Refuse = Callable[[ServerTransaction], Refusal | None]

KNOWN_METHODS = frozenset(
    {"INVITE", "BYE", "REGISTER", "REFER", "INFO", "UPDATE", "PRACK", "MESSAGE", "PUBLISH"}
)  # fmt: skip
ALLOW = "SUBSCRIBE, NOTIFY, OPTIONS, CANCEL, ACK"
Headers = Sequence[tuple[str, str]]


class UserAgent:
    """Transactions, dialogs and subscriptions of one agent, both sides of RFC 6665.

    `events` are the packages it notifies, `extensions` the option tags it understands,
    `accept` the header lines that say which bodies it takes, `handed_over` methods the
    observer answers itself (as SIPRequestReceived); `on_malformed` hears of what did not
    parse, which the agent has counted and answers as far as it can; `on_silence` of others that
    are too short for their answer over UDP; `on_outside` of all that and of every
    request outside of our dialogs;
    `unproven` gives the answer to a SUBSCRIBE whose sender has to say first who it is; `misdirected` to one
    outside of a dialog that is not for us, `unfit` to one that nobody here could serve;
    `compact` shortens the header names of NOTIFYs; `lost_notifies` in a row without an
    answer end a subscription; `t1` is the round trip that is expected, in seconds; `gruu` names
    this instance in our Contact, which makes it a GRUU (RFC 5627 section 4.3).
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
        avoid: Avoid = lambda flow, seconds: None,
        larger: Larger | None = None,
        compact: bool = False,
        accept: Headers = (("Accept-Encoding", "identity"),),
        advertise: Callable[[Flow], str] | None = None,
        on_malformed: OnMalformed | None = None,
        on_silence: OnSilence | None = None,
        on_outside: Callable[[Flow, float], None] | None = None,
        unproven: Refuse = lambda transaction: None,
        misdirected: Callable[[Request], Refusal | None] = lambda request: None,
        unfit: Refuse = lambda transaction: None,
        lost_notifies: int = 1,
        t1: float = T1,
        gruu: str = "",
    ) -> None:
        self.wheel = wheel
        self.transmit = transmit
        self.locate = locate
        self.avoid = avoid
        self.larger = larger
        self.compact = compact
        self.observe: Callable[[Notification, float], None] = observer
        self.random = random.random
        self.transactions = TransactionLayer(wheel, transmit, t1, self._stay_silent)
        self.subscriptions: dict[str, Subscription] = {}
        self.incoming: dict[str, IncomingSubscription] = {}
        self.kept_open = KeptOpen()
        self.resumed = Resumed(wheel)
        self.malformed = self.unanswered = 0
        self.lost_notifies = lost_notifies
        self._gruu = f";gr={gruu}" if gruu else ""
        self.refused: Counter[int] = Counter()
        """SUBSCRIBEs that were rejected, by code."""
        self._on_malformed = on_malformed
        self._on_silence = on_silence
        self._on_outside = on_outside
        self._unproven = unproven
        self._misdirected = misdirected
        self._unfit = unfit
        self._contact_user = f"{contact_user}@" if contact_user else ""
        self._allow_events = ", ".join(event for event in events if not event.endswith(".winfo"))
        self._extensions = frozenset(extensions)
        self._handed_over = handed_over
        self._accept = accept
        self._advertise = advertise or (lambda flow: address_text(flow.local))
        self._contacts: dict[tuple[str, Address], str] = {}
        self._sent_by: dict[tuple[str, Address], str] = {}
        self._ours: set[tuple[str, int | None]] = set()
        """Host and port of every Via of ours."""
        self._tokens = Tokens()
        self._branch_prefix = MAGIC_COOKIE + self._tokens.take(6)
        self._branches = 0

    # -- names

    def new_token(self) -> str:
        """A tag or cnonce: 64 random bits (19.3 asks for 32)."""
        return self._tokens.take(8)

    def new_call_id(self) -> str:
        return self._tokens.take(12)

    def new_branch(self) -> str:
        self._branches += 1
        return f"{self._branch_prefix}.{self._branches:x}"

    def via(self, flow: Flow, branch: str) -> str:
        key = flow.transport, flow.local
        sent_by = self._sent_by.get(key)
        if sent_by is None:
            sent_by = self._sent_by[key] = f"SIP/2.0/{flow.transport.upper()} {self._advertise(flow)}"
            own = Via.parse(sent_by)
            self._ours.add((own.host.lower(), own.port))
        return f"{sent_by};branch={branch};rport"

    def contact(self, flow: Flow) -> str:
        """Our Contact URI for messages on this flow: the same for all of one socket."""
        key = flow.transport, flow.local
        contact = self._contacts.get(key)
        if contact is None:
            transport = URI_TRANSPORTS.get(flow.transport, flow.transport)
            parameter = transport and f";transport={transport}"
            address = f"sip:{self._contact_user}{self._advertise(flow)}"
            contact = self._contacts[key] = f"{address}{parameter}{self._gruu}"
        return contact

    # -- in

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        """One message from the network; whatever is wrong with it is dealt with here."""
        try:
            message = parse(data, stream=flow.is_byte_stream)
        except MalformedMessage as error:
            if self._is_keep_alive(data, flow):
                return
            self._complain(error, flow)
            self._hear_outside(flow, now)
            if error.request is not None and error.request.method != "ACK":
                with_received(error.request, *flow.remote)
                room = UNBOUNDED if flow.reliable else len(data)
                self.answer_statelessly(error.request, flow, error.status, error.reason, room=room)
            return
        if isinstance(message, Response):
            self._receive_response(message, flow, now)
        else:
            with_received(message, *flow.remote)
            self._receive_request(message, flow, len(data), now)

    def _is_keep_alive(self, data: bytes, flow: Flow) -> bool:
        """Whether it was one, which is answered then; a stranger's with no more octets than it has."""
        answer = answer_to_keep_alive(data, flow.remote)
        if answer and (len(answer) <= len(data) or flow in self.kept_open):
            self.transmit(flow, answer)
        return answer is not None

    def _receive_response(self, answer: Response, flow: Flow, now: float) -> None:
        try:
            via = answer.via
            if (via.host.lower(), via.port) in self._ours:  # else it is not for us (18.1.2)
                self.transactions.receive_response(answer, now)
        except MalformedMessage as error:
            self._complain(error, flow)

    def _hear_outside(self, flow: Flow, now: float) -> None:
        if self._on_outside is not None:
            self._on_outside(flow, now)

    def _complain(self, error: MalformedMessage, flow: Flow) -> None:
        self.malformed += 1
        if self._on_malformed is not None:
            self._on_malformed(error, flow)

    def _stay_silent(self, request: Request, flow: Flow) -> None:
        self.unanswered += 1
        if self._on_silence is not None:
            self._on_silence(request, flow)

    def _receive_request(self, request: Request, flow: Flow, octets: int, now: float) -> None:
        if request.method == "NOTIFY":
            subscription = self.subscriptions.get(request.call_id)
            if subscription is not None and subscription.dialog.local_tag == request.to_tag:
                subscription.receive_notify(request, flow, now)
                return
        elif request.method == "ACK":
            return
        outside = request.to_tag is None or self._incoming_of(request) is None
        if outside:
            self._hear_outside(flow, now)
        room = octets if outside and not flow.reliable else UNBOUNDED
        transaction = self.transactions.receive_request(request, flow, now, room)
        if transaction is None:
            return
        try:
            self._dispatch(transaction, request, now)
        except MalformedMessage as error:
            self._complain(error, flow)
            if not transaction.answered:
                self.reply(transaction, error.status, error.reason, now=now)

    def _dispatch(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        """Rows D5 to D14 of the decision table, then whoever serves the method."""
        if request.method == "CANCEL":
            self.reply(transaction, 200 if self.transactions.cancelled(request) else 481, now=now)
            return
        if self._challenged(transaction, request, now) or self._refused(transaction, request, now):
            return
        if request.method == "SUBSCRIBE":
            self._receive_subscribe(transaction, request, now)
        elif request.method == "OPTIONS":
            self.reply(transaction, 200, headers=self.capabilities(), now=now)
        else:
            self.observe(SIPRequestReceived(transaction), now)

    def _challenged(self, transaction: ServerTransaction, request: Request, now: float) -> bool:
        """Who asks comes before what is asked (RFC 3261 section 8.2)."""
        refusal = self._unproven(transaction) if request.method == "SUBSCRIBE" else None
        if refusal is None:
            return False
        self._turn_away(transaction, refusal, now)
        return True

    def _refused(self, transaction: ServerTransaction, request: Request, now: float) -> bool:
        method = request.method
        if method not in ("SUBSCRIBE", "NOTIFY", "OPTIONS") and method not in self._handed_over:
            code = 405 if method in KNOWN_METHODS else 501
            self.reply(transaction, code, headers=(("Allow", ALLOW),), now=now)
        elif not request.uri.lower().startswith(("sip:", "sips:")):
            self.reply(transaction, 416, now=now)
        elif refusal := self._for_others(request):
            self._turn_away(transaction, refusal, now)
        elif self._lacks_dialog(request):
            self.reply(transaction, 481, "Subscription does not exist", now=now)
        elif self.transactions.is_merged(transaction):
            self.reply(transaction, 482, "Merged Request", now=now)
        elif unsupported := self.unsupported(request):
            self.reply(transaction, 420, headers=unsupported, now=now)
        else:
            return False
        return True

    def _for_others(self, request: Request) -> Refusal | None:
        """Row D10; in a dialog the Request-URI is our Contact."""
        begins = request.method == "SUBSCRIBE" and request.to_tag is None
        return self._misdirected(request) if begins else None

    def _turn_away(self, transaction: ServerTransaction, refusal: Refusal, now: float) -> None:
        status, reason, headers = refusal
        self.refused[status] += 1
        if status == 489:
            headers = (*headers, *self.allow_events())
        self.reply(transaction, status, reason, headers=headers, now=now)

    def _lacks_dialog(self, request: Request) -> bool:
        """Rows D11 and D50; a NOTIFY that gets here has matched no subscription."""
        if request.method == "SUBSCRIBE":
            return request.to_tag is not None and self._incoming_of(request) is None
        return request.method == "NOTIFY"

    def _incoming_of(self, request: Request) -> IncomingSubscription | None:
        return self.incoming.get(f"{request.call_id};{request.from_tag or ''};{request.to_tag or ''}")

    def _receive_subscribe(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        if request.to_tag is None and (refusal := self._unfit(transaction)):
            self._turn_away(transaction, refusal, now)
            return
        events = request.rows("event")
        if not events:
            self.reply(transaction, 489, headers=self.allow_events(), now=now)
            return
        if len(events) > 1:
            raise MalformedMessage(400, "More than one Event")
        incoming = self._incoming_of(request) or self.resumed.of(request)
        if incoming is not None:
            incoming.receive_subscribe(transaction, now)
            return
        subscription = IncomingSubscription.from_subscribe(self, transaction)
        self.observe(SIPIncomingSubscriptionGotSubscribe(subscription, request), now)

    # -- out

    def unsupported(self, request: Request) -> Headers:
        """The Unsupported header that refuses what `request` requires; () if we know all of it (D14).

        Nobody is to believe that security was agreed upon with us as first hop, either (D58).
        """
        unknown = [tag for tag in request.values("require") if tag.lower() not in self._extensions]
        of_proxies = request.values("proxy-require")
        unknown += of_proxies if any(tag.lower() == "sec-agree" for tag in of_proxies) else ()
        return (("Unsupported", ", ".join(unknown)),) if unknown else ()

    def allow_events(self) -> Headers:
        """Template packages are not among them: who wants one tries (RFC 6665 section 4.4.4)."""
        return (("Allow-Events", self._allow_events),) if self._allow_events else ()

    def capabilities(self) -> Headers:
        return (
            ("Allow", ALLOW),
            *self.allow_events(),
            ("Supported", ", ".join(sorted(self._extensions))),
            *self._accept,
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
        answer = response(request, status, reason, to_tag=self._tokens.take(4), headers=headers)
        transaction.respond(answer, now)

    def answer_statelessly(
        self,
        request: Request,
        flow: Flow,
        status: int,
        reason: str | None,
        headers: Headers = (),
        *,
        room: int = UNBOUNDED,
    ) -> None:
        answer = response(request, status, reason, to_tag=self._tokens.take(4), headers=headers)
        if answer := fitted(answer, room):
            self.transmit(response_flow(request, flow), answer)
        else:
            self.unanswered += 1  # the caller has complained

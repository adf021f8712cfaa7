"""The subscriber's side of one subscription (RFC 6665 section 4.1), after sipsimple's Subscription.

The NOTIFY, not the 2xx, makes the dialog (section 4.4.1), and its 200 is sent when the
observer says so: `notify.accept(now)`.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from sipworker.sip.dialog import Dialog, route_set_of
from sipworker.sip.flow import Flow
from sipworker.sip.forking import Family
from sipworker.sip.grammar import MalformedMessage, leading_seconds
from sipworker.sip.headers import SubscriptionState
from sipworker.sip.keyring import Keyring
from sipworker.sip.message import Request, Response
from sipworker.sip.notifications import (
    SIPSubscriptionChangedState,
    SIPSubscriptionDidEnd,
    SIPSubscriptionDidFail,
    SIPSubscriptionDidFork,
    SIPSubscriptionDidStart,
    SIPSubscriptionGotNotify,
)
from sipworker.sip.notify_answer import ok, refusal_of
from sipworker.sip.received_notify import ReceivedNotify
from sipworker.sip.refreshing import Refreshing
from sipworker.sip.second_tries import SecondTries, place_of
from sipworker.sip.sending import send_request
from sipworker.sip.taken import taken_with, was_taken
from sipworker.sip.timers import Timer
from sipworker.sip.transactions import Outcome, response_flow

if TYPE_CHECKING:
    from sipworker.sip.agent import UserAgent

ENDING_CODES = frozenset({404, 405, 410, 416, *range(480, 486), 489, 501, 604})
"""Final responses that end a subscription on either side (RFC 6665 sections 4.1.2.2, 4.2.2)."""
MAX_FORWARDS = "Max-Forwards: 70\r\n"
LONGEST_TAG = 200
"""Characters of an entity tag that is worth keeping."""

# The same few thousand values again and again: `active;expires=3540`.
_state_of = lru_cache(8192)(SubscriptionState.parse)


class Subscription(Refreshing):
    """`state` is null, sent, pending, active or terminated.

    `headers` are whole lines that go into every SUBSCRIBE (Accept, Supported, …; Max-Forwards
    is added if it is not among them), with `body`; `route` is a preloaded route set, `expires` the
    seconds to ask for, `keys` answer challenges. With `forks` each further notifier that answers
    makes a subscription of its own (RFC 6665 section 4.1.4). Posts SIPSubscription… to the agent's
    observer.
    """

    __slots__ = (
        "_answering", "_family", "_second_tries", "_taken", "_timer_n", "_tries_end",
        "body", "dialog", "entity_tag", "event", "expires", "headers", "keys", "owner", "state",
    )  # fmt: skip

    def __init__(
        self,
        agent: UserAgent,
        *,
        request_uri: str,
        from_header: str,
        event: str,
        to_header: str | None = None,
        headers: str = "",
        route: tuple[str, ...] = (),
        expires: int = 3600,
        keys: Keyring | None = None,
        body: bytes = b"",
        owner: object = None,
        forks: bool = False,
    ) -> None:
        super().__init__(agent)
        self.event = event
        self.headers = headers if "Max-Forwards:" in headers else MAX_FORWARDS + headers
        self.expires = expires
        self.keys = keys
        self.body = body
        self.owner = owner
        self.state = "null"
        self.entity_tag = ""
        """Of the last NOTIFY: a refresh needs no other for the same state (RFC 5839)."""
        token = agent.new_call_id()  # for the tag, too: they travel together, so two are no harder to guess
        self.dialog = Dialog(
            call_id=token,
            local=from_header,
            local_tag=token,
            remote=to_header or request_uri,
            remote_tag="",
            remote_target=request_uri,
            route_set=route,
        )
        self._family = Family() if forks else None
        self._second_tries: SecondTries | None = None
        self._answering = False
        self._taken = 0
        self._timer_n: Timer | None = None
        self._tries_end = False

    def subscribe(self, now: float) -> None:
        """Send the initial SUBSCRIBE."""
        self.agent.subscriptions[self.dialog.call_id] = self
        if self._family is not None:
            self._family.grows_until = now + self.agent.transactions.timer_n
        self._change_state("sent", now)
        self._send(now)

    def resume(self, dialog: Dialog, expires_at: float, now: float, *, state: str = "active") -> None:
        """Take up a dialog from before a restart; the caller decides when to refresh()."""
        self.dialog = dialog
        self.expires_at = expires_at
        self.state = state
        head = self.agent.subscriptions.setdefault(dialog.call_id, self)
        if head is not self and head._family is not None:
            self._family = head._family
        if self._family is not None:
            self._family.members[dialog.remote_tag] = self

    def refresh(self, now: float, *, full: bool = False) -> None:
        """`full`: the state is wanted even if it is what the last NOTIFY told."""
        if full:
            self.entity_tag = ""
        if self.state != "terminated":
            self._second_tries = None
            self._send(now)

    def end(self, now: float) -> None:
        """Unsubscribe (Expires 0) and drop out when the final NOTIFY or Timer N comes.

        Before the first NOTIFY there is no dialog to unsubscribe in: it waits for that.
        """
        if self.state in ("null", "terminated") or self._tries_end:
            return
        self.expires = 0
        self._tries_end = True
        self._second_tries = None
        self._stop_refresh()
        if self.state != "sent":
            self._send(now)

    def drop(self) -> None:
        """Forget the subscription without a word."""
        self._stop_refresh()
        self._stop_timer_n()
        self.state = "terminated"
        call_id = self.dialog.call_id
        heir = None if self._family is None else self._family.left_by(self)
        if self.agent.subscriptions.get(call_id) is not self:
            return
        if heir is not None:
            self.agent.subscriptions[call_id] = heir
        else:
            del self.agent.subscriptions[call_id]

    # -- SUBSCRIBE

    def _send(self, now: float) -> None:
        agent, dialog = self.agent, self.dialog
        dialog.local_cseq += 1
        cseq = dialog.local_cseq
        condition = ""
        if self.entity_tag and not self._tries_end:
            condition = f"Suppress-If-Match: {self.entity_tag}\r\n"

        def build(flow: Flow, branch: str, now: float) -> bytes | None:
            if self.state == "terminated":
                return None
            self._start_timer_n(now)
            authorization = ""
            if self.keys is not None:
                authorization = self.keys.lines(place_of(dialog), "SUBSCRIBE", dialog.remote_target)
            headers = (
                f"Contact: <{agent.contact(flow)}>\r\nEvent: {self.event}\r\n"
                f"Expires: {self.expires}\r\n{self.headers}{condition}{authorization}"
            )
            return dialog.serialize("SUBSCRIBE", cseq, agent.via(flow, branch), headers, self.body)

        send_request(agent, "SUBSCRIBE", dialog.next_hop(), build, self._finished, now)

    def _start_timer_n(self, now: float) -> None:
        self._stop_timer_n()
        self._timer_n = self.agent.wheel.schedule(now + self.agent.transactions.timer_n, self._notify_missing)

    def _finished(self, outcome: Outcome, now: float) -> None:
        if self.state == "terminated":
            return
        if isinstance(outcome, Response) and outcome.status < 300:
            self._accepted(outcome, now)
        elif not self._tries_again(outcome, now):
            self._refused(outcome, now)

    def _accepted(self, answer: Response, now: float) -> None:
        """A 2xx; 202 counts as 200 (8.3.1). A NOTIFY that was faster knows better (4.1.3)."""
        self._second_tries = None
        if self._tries_end:
            return
        said = leading_seconds(answer.header("expires"))
        granted: float = self.expires if said is None else said
        if self.state == "sent":
            self.expires_at = now + granted
            self.agent.observe(SIPSubscriptionDidStart(self, int(granted)), now)
            return
        if answer.to_tag == self.dialog.remote_tag:
            with suppress(MalformedMessage):
                self.dialog.follow(answer)
        if answer.status == 204:
            self._stop_timer_n()  # nothing has changed, no NOTIFY follows (RFC 5839 section 5.3)
        elif self._timer_n is None:
            granted = min(granted, self.expires_at - now)
        self._lasts(granted, now)

    def _tries_again(self, outcome: Outcome, now: float) -> bool:
        if self._tries_end and not self.dialog.remote_tag:
            return False
        if self._second_tries is None:
            self._second_tries = SecondTries()
        if not self._second_tries.prepare(self, outcome):
            return False
        self._send(now)
        return True

    def _refused(self, outcome: Outcome, now: float) -> None:
        known = self.state in ("pending", "active") and not self._tries_end
        if known and outcome.status not in ENDING_CODES and self.expires_at - now > 2:
            # The old subscription is valid until its known expiry: try again before (4.1.2.2).
            self._stop_timer_n()
            self._schedule_refresh((self.expires_at - now) / 2, now)
            return
        self._fail(SIPSubscriptionDidFail.by(self, outcome), now)

    def _notify_missing(self, now: float) -> None:
        """Timer N: no NOTIFY followed the SUBSCRIBE (4.1.2.4)."""
        self._fail(SIPSubscriptionDidFail(self, 408, "No NOTIFY"), now)

    def _fail(self, failure: SIPSubscriptionDidFail, now: float) -> None:
        ending = self._tries_end
        self.drop()
        self.agent.observe(SIPSubscriptionDidEnd(self, None) if ending else failure, now)

    # -- NOTIFY

    def receive_notify(self, request: Request, flow: Flow, now: float) -> None:
        """A NOTIFY with our Call-ID and tag; it may come before the 2xx (4.1.2.4)."""
        if self._family is not None and (other := self._family.other_of(self, request, now)):
            other.receive_notify(request, flow, now)
            return
        if self._is_retransmission(request):
            if not self._answering:
                self.answer_notify(request, flow)
            return
        begins = not self.dialog.remote_tag
        try:
            state = _state_of(request.header("subscription-state") or "")
            refusal = refusal_of(self, request)
            if refusal is None:
                self._enter_dialog(request)
        except MalformedMessage as error:
            refusal = error.status, error.reason, ()
        if refusal is not None:
            self.agent.answer_statelessly(request, flow, *refusal)
            return
        self._answering = True
        if "sip-etag" in request.headers:
            self._keep_tag(request)
        if self._timer_n is not None:
            self._stop_timer_n()
        self._apply(state, now)
        notify = ReceivedNotify(self, request, flow, state, begins=begins)
        self.agent.observe(SIPSubscriptionGotNotify(self, notify), now)
        if state.state == "terminated":
            self._terminated(state, now)

    def _keep_tag(self, request: Request) -> None:
        tag = request.header("sip-etag") or ""
        self.entity_tag = tag if len(tag) <= LONGEST_TAG else ""

    def fork(self, now: float) -> Subscription | None:
        """A subscription for one more notifier, if the observer gives it an owner."""
        dialog = self.dialog
        fork = Subscription(
            self.agent,
            request_uri=dialog.remote_target,
            from_header=dialog.local,
            to_header=dialog.remote,
            event=self.event,
            headers=self.headers,
            expires=self.expires,
            keys=self.keys,
            body=self.body,
        )
        fork.dialog.call_id, fork.dialog.local_tag = dialog.call_id, dialog.local_tag
        fork.dialog.local_cseq = dialog.local_cseq
        fork.expires_at, fork.state, fork._family = self.expires_at, "sent", self._family
        self.agent.observe(SIPSubscriptionDidFork(self, fork), now)
        return fork if fork.owner is not None else None

    def _is_retransmission(self, request: Request) -> bool:
        """The CSeq says it, of one that was overtaken the branch."""
        dialog = self.dialog
        steps = dialog.remote_cseq - request.cseq.number
        if steps < 0 or (request.from_tag or "") != dialog.remote_tag:
            return False
        return steps == 0 or was_taken(self._taken, steps, request.via.branch)

    def _enter_dialog(self, request: Request) -> None:
        """The first NOTIFY makes the dialog, each may move its target (4.4.1, 3.2)."""
        dialog = self.dialog
        if dialog.remote_tag:
            dialog.follow(request)
        else:
            route_set = route_set_of(request)
            dialog.follow(request)
            dialog.route_set = route_set
            dialog.remote_tag = request.from_tag or ""
            if self._family is not None:
                self._family.members[dialog.remote_tag] = self
        number = request.cseq.number
        self._taken = taken_with(self._taken, number - dialog.remote_cseq, request.via.branch)
        dialog.remote_cseq = number

    def _apply(self, state: SubscriptionState, now: float) -> None:
        if state.state == "terminated":
            return
        awaited = self.state == "sent"
        self._change_state("active" if state.state == "active" else "pending", now)
        if not self._tries_end:
            self._lasts(state.expires if state.expires is not None else self._time_left(now), now)
        elif awaited:
            self._send(now)

    def _time_left(self, now: float) -> float:
        """What is known when the notifier leaves out its word, which is authoritative (4.1.3)."""
        return self.expires_at - now if self.expires_at > now else self.expires

    def _terminated(self, state: SubscriptionState, now: float) -> None:
        self._stop_refresh()
        self._change_state("terminated", now)
        # Retransmissions of the final NOTIFY still want their 200.
        self.agent.wheel.schedule(now + self.agent.transactions.timer_j, lambda now: self.drop())
        self.agent.observe(SIPSubscriptionDidEnd(self, state), now)

    def answer_notify(self, request: Request, flow: Flow) -> None:
        self._answering = False
        self.agent.transmit(response_flow(request, flow), ok(request, self.agent.contact(flow)))

    def _change_state(self, state: str, now: float) -> None:
        if state != self.state:
            previous, self.state = self.state, state
            self.agent.observe(SIPSubscriptionChangedState(self, previous, state), now)

    def _stop_timer_n(self) -> None:
        if self._timer_n is not None:
            self._timer_n.cancel()
            self._timer_n = None

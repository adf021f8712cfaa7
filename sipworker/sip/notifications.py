"""What an agent tells its observer, in the names of the sipsimple library.

An observer is one callable; it receives these objects in the order of events:

    def observer(notification: Notification, now: float) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sipworker.sip.grammar import leading_seconds
from sipworker.sip.headers import SubscriptionState
from sipworker.sip.message import Request, Response
from sipworker.sip.transactions import Outcome, ServerTransaction

if TYPE_CHECKING:
    from sipworker.sip.incoming_subscription import IncomingSubscription
    from sipworker.sip.received_notify import ReceivedNotify
    from sipworker.sip.subscription import Subscription


@dataclass(slots=True)
class SIPSubscriptionDidStart:
    """The notifier accepted; `expires` seconds were granted. State comes with the first NOTIFY."""

    sender: Subscription
    expires: int


@dataclass(slots=True)
class SIPSubscriptionChangedState:
    sender: Subscription
    prev_state: str
    state: str


@dataclass(slots=True)
class SIPSubscriptionGotNotify:
    """A NOTIFY in order. The observer calls `notify.accept(now)` when its state is safe."""

    sender: Subscription
    notify: ReceivedNotify


@dataclass(slots=True)
class SIPSubscriptionDidFork:
    """One more notifier answers the SUBSCRIBE; without an owner its NOTIFYs are refused."""

    sender: Subscription
    fork: Subscription


@dataclass(slots=True)
class SIPSubscriptionDidFail:
    """A SUBSCRIBE that ended the subscription, or Timer N; `code` as received, 408 for silence."""

    sender: Subscription
    code: int
    reason: str
    retry_after: int | None = None
    min_expires: int | None = None

    @classmethod
    def by(cls, sender: Subscription, outcome: Outcome) -> SIPSubscriptionDidFail:
        """By what came of the SUBSCRIBE."""
        if not isinstance(outcome, Response):
            return cls(sender, outcome.status, "No answer")
        seconds = (leading_seconds(outcome.header(name)) for name in ("retry-after", "min-expires"))
        return cls(sender, outcome.status, outcome.reason, *seconds)


@dataclass(slots=True)
class SIPSubscriptionDidEnd:
    """The notifier terminated, or our own end() was confirmed."""

    sender: Subscription
    state: SubscriptionState | None


@dataclass(slots=True)
class SIPIncomingSubscriptionGotSubscribe:
    """A SUBSCRIBE that wants a new subscription: reject() or accept() it."""

    sender: IncomingSubscription
    request: Request


@dataclass(slots=True)
class SIPIncomingSubscriptionGotRefreshingSubscribe:
    """A SUBSCRIBE in the dialog; `expires` 0 unsubscribes. Answer with accept() or reject()."""

    sender: IncomingSubscription
    request: Request


@dataclass(slots=True)
class SIPIncomingSubscriptionNotifyDidSucceed:
    """The NOTIFY with this CSeq got a 2xx, `answer`."""

    sender: IncomingSubscription
    cseq: int
    answer: Response


@dataclass(slots=True)
class SIPIncomingSubscriptionNotifyDidFail:
    """`ends`: the failure is one of those that end a subscription (RFC 6665 section 4.2.2)."""

    sender: IncomingSubscription
    cseq: int
    outcome: Outcome
    ends: bool


@dataclass(slots=True)
class SIPIncomingSubscriptionDidTimeout:
    """The subscription expired without a refresh; send the final NOTIFY."""

    sender: IncomingSubscription


@dataclass(slots=True)
class SIPIncomingSubscriptionDidEnd:
    sender: IncomingSubscription


@dataclass(slots=True)
class SIPRequestReceived:
    """A request outside every dialog that the agent itself does not answer."""

    transaction: ServerTransaction


Notification = (
    SIPSubscriptionDidStart
    | SIPSubscriptionChangedState
    | SIPSubscriptionGotNotify
    | SIPSubscriptionDidFork
    | SIPSubscriptionDidFail
    | SIPSubscriptionDidEnd
    | SIPIncomingSubscriptionGotSubscribe
    | SIPIncomingSubscriptionGotRefreshingSubscribe
    | SIPIncomingSubscriptionNotifyDidSucceed
    | SIPIncomingSubscriptionNotifyDidFail
    | SIPIncomingSubscriptionDidTimeout
    | SIPIncomingSubscriptionDidEnd
    | SIPRequestReceived
)

Observer = Callable[[Notification, float], None]

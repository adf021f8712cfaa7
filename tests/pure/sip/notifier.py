"""An agent at 10.0.0.1:5060 that notifies a scripted watcher; what it does with SUBSCRIBEs is the test's."""

from __future__ import annotations

from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.message import Request
from sipworker.sip.notifications import (
    Notification,
    SIPIncomingSubscriptionDidTimeout,
    SIPIncomingSubscriptionGotRefreshingSubscribe,
    SIPIncomingSubscriptionGotSubscribe,
)
from tests.pure.sip.network import Network, Recorder
from tests.pure.sip.peer import Pairs, Peer

AGENT = ("10.0.0.1", 5060)


class Notifier:
    """Grants `grants` seconds, sends `body` after each SUBSCRIBE, ends on Expires 0 and on expiry."""

    def __init__(self, network: Network, watcher: Peer, grants: int = 600) -> None:
        self.network = network
        self.watcher = watcher
        self.grants = grants
        self.body = b"state"
        self.recorder = Recorder(self.react)
        self.agent = network.agent(AGENT, self.recorder, events=("presence", "dialog"))

    def react(self, notification: Notification, now: float) -> None:
        if isinstance(
            notification, SIPIncomingSubscriptionGotSubscribe | SIPIncomingSubscriptionGotRefreshingSubscribe
        ):
            self.serve(notification.sender, notification.request, now)
        elif isinstance(notification, SIPIncomingSubscriptionDidTimeout):
            notification.sender.end(now, "timeout")

    def serve(self, subscription: IncomingSubscription, request: Request, now: float) -> None:
        fetch = request.header("expires") == "0"
        subscription.accept(0 if fetch else self.grants, now)
        if fetch:
            subscription.end(now, "timeout")
        else:
            subscription.push_content("text/plain", self.body, now)

    # -- the watcher's part

    def subscribe(self, headers: Pairs = (), **changed: str) -> IncomingSubscription:
        """A SUBSCRIBE outside a dialog; the newest subscription it made. NOTIFYs stay unanswered."""
        fields = {"event": "presence", "expires": "600", **changed}
        self.watcher.ask(AGENT, "SUBSCRIBE", headers, b"", **fields)
        self.network.run()
        return self.recorder.of(SIPIncomingSubscriptionGotSubscribe)[-1].sender

    def refresh(self, cseq: int, headers: Pairs = (), **changed: str) -> None:
        """A SUBSCRIBE in the dialog of the newest NOTIFY."""
        tag = self.notifies()[-1].from_.tag
        fields = {
            "event": "presence",
            "expires": "600",
            "cseq": f"{cseq} SUBSCRIBE",
            "to": f"<sip:agent@10.0.0.1>;tag={tag}",
            **changed,
        }
        self.watcher.ask(AGENT, "SUBSCRIBE", headers, b"", **fields)
        self.network.run()

    def answer(self, status: int = 200, headers: Pairs = ()) -> None:
        """Answer the newest NOTIFY."""
        self.watcher.answer(self.notifies()[-1], status, headers)
        self.network.run()

    def notifies(self) -> list[Request]:
        """What the watcher got, retransmissions left out."""
        seen: dict[str, Request] = {}
        for request in self.watcher.requests:
            seen.setdefault(request.via.branch or "", request)
        return list(seen.values())

    def states(self) -> list[str]:
        return [request.rows("subscription-state")[0] for request in self.notifies()]

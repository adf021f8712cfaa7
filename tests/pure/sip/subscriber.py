"""One Subscription of an agent at 10.0.0.1:5060 towards a scripted notifier, as most tests need it."""

from __future__ import annotations

from sipworker.sip.keyring import Keyring
from sipworker.sip.message import Request
from sipworker.sip.notifications import Notification, SIPSubscriptionGotNotify
from sipworker.sip.subscription import Subscription
from tests.pure.sip.network import Network, Recorder
from tests.pure.sip.peer import Peer

AGENT = ("10.0.0.1", 5060)


def accept_notify(notification: Notification, now: float) -> None:
    if isinstance(notification, SIPSubscriptionGotNotify):
        notification.notify.accept(now)


class Subscriber:
    def __init__(self, network: Network, notifier: Peer, *, accepts: bool = True) -> None:
        self.network = network
        self.notifier = notifier
        self.recorder = Recorder(accept_notify if accepts else None)
        self.agent = network.agent(AGENT, self.recorder)
        self.agent.random = lambda: 0.0

    def subscribe(
        self,
        *,
        headers: str = "",
        route: tuple[str, ...] = (),
        expires: int = 3600,
        credentials: tuple[str, str] | None = None,
    ) -> Subscription:
        subscription = Subscription(
            self.agent,
            request_uri=f"sip:bob@{self.notifier.at}",
            from_header="<sip:alice@example.net>",
            event="presence",
            headers=headers,
            route=route,
            expires=expires,
            keys=Keyring.of_one(credentials) if credentials else None,
        )
        subscription.subscribe(self.network.now)
        self.network.run()
        return subscription

    def established(self, state: str = "active;expires=3600") -> Subscription:
        """Accepted and told the first state; the notifier's NOTIFY had CSeq 1."""
        subscription = self.subscribe()
        self.notifier.accept(self.notifier.request)
        self.notifier.notify(self.notifier.request, 1, state)
        self.network.run()
        return subscription

    def subscribes(self) -> list[Request]:
        """The SUBSCRIBEs the notifier got, retransmissions left out."""
        seen: dict[int, Request] = {}
        for request in self.notifier.requests:
            seen.setdefault(request.cseq.number, request)
        return list(seen.values())

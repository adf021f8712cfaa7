"""Several notifiers answer one SUBSCRIBE (RFC 6665 section 4.1.4)."""

from __future__ import annotations

import pytest

from sipworker.sip.forking import MAX_FORKS
from sipworker.sip.message import Request
from sipworker.sip.notifications import Notification, SIPSubscriptionDidFork, SIPSubscriptionGotNotify
from sipworker.sip.subscription import Subscription
from tests.pure.sip.network import Network, Recorder
from tests.pure.sip.peer import Peer
from tests.pure.sip.subscriber import AGENT


class Forking:
    """A subscription that may fork, with Bob's phones at one address."""

    def __init__(self, network: Network, phones: Peer) -> None:
        self.network, self.phones = network, phones
        self.heard: list[tuple[Subscription, bytes]] = []
        self.forks: list[Subscription] = []
        self.agent = network.agent(AGENT, Recorder(self._observe))
        self.first = Subscription(
            self.agent,
            request_uri=f"sip:bob@{phones.at}",
            from_header="<sip:alice@example.net>",
            event="dialog",
            owner=self,
            forks=True,
        )
        self.first.subscribe(network.now)
        network.run()
        phones.accept(self.subscribe)
        network.run()

    def _observe(self, notification: Notification, now: float) -> None:
        if isinstance(notification, SIPSubscriptionDidFork):
            notification.fork.owner = self
            self.forks.append(notification.fork)
        elif isinstance(notification, SIPSubscriptionGotNotify):
            self.heard.append((notification.sender, notification.notify.body))
            notification.notify.accept(now)

    @property
    def subscribe(self) -> Request:
        return self.phones.requests[0]

    def say(self, tag: str, body: bytes, cseq: int = 1, state: str = "active;expires=3600") -> int:
        """The answer that a phone's NOTIFY gets."""
        sender = f"<sip:bob@{self.phones.at}>;tag={tag}"
        self.phones.notify(
            self.subscribe, cseq, state, (("Content-Type", "a/b"),), body, from_=sender, event="dialog"
        )
        self.network.run()
        return self.phones.responses[-1].status


@pytest.fixture
def forking(network: Network, peer: Peer) -> Forking:
    return Forking(network, peer)


@pytest.mark.req("R6665-4.1.4-1", "R6665-4.1.2-1")
def test_each_notifier_makes_a_subscription(forking: Forking) -> None:
    assert [forking.say("a", b"1"), forking.say("b", b"2"), forking.say("b", b"3", cseq=2)] == [200] * 3
    (fork,) = forking.forks
    assert forking.heard == [(forking.first, b"1"), (fork, b"2"), (fork, b"3")]
    assert fork.dialog.call_id == forking.first.dialog.call_id


def test_too_many_are_refused(forking: Forking) -> None:
    answers = [forking.say(f"t{number}", b"") for number in range(MAX_FORKS + 2)]
    assert answers == [200] * MAX_FORKS + [481] * 2


def test_each_is_refreshed_in_its_dialog(forking: Forking) -> None:
    forking.say("a", b"1")
    forking.say("b", b"2")
    for subscription in (forking.first, *forking.forks):
        subscription.refresh(forking.network.now)
    forking.network.run()
    assert [request.to_tag for request in forking.phones.requests[1:]] == ["a", "b"]


def test_the_others_go_on_when_the_first_is_over(forking: Forking) -> None:
    forking.say("a", b"1")
    forking.say("b", b"2")
    forking.first.drop()
    assert forking.say("b", b"3", cseq=2) == 200
    forking.forks[0].drop()
    assert forking.say("b", b"4", cseq=3) == 481
    assert forking.agent.subscriptions == {}

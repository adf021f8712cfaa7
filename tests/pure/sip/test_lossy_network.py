"""What holds on any network that loses less than 40 % of the packets, doubles them and swaps their order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.notifications import (
    Notification,
    SIPIncomingSubscriptionDidTimeout,
    SIPIncomingSubscriptionGotRefreshingSubscribe,
    SIPIncomingSubscriptionGotSubscribe,
    SIPSubscriptionGotNotify,
)
from sipworker.sip.subscription import Subscription
from tests.pure.sip.network import Conditions, Network, Recorder
from tests.pure.sip.subscriber import accept_notify

WATCHER, NOTIFIER = ("10.0.0.1", 5060), ("10.0.0.2", 5060)
networks = st.builds(
    Conditions,
    loss=st.floats(0, 0.39),
    duplication=st.floats(0, 0.5),
    delay=st.sampled_from([0.0, 0.01, 0.3, 2.0]),
)


class World:
    """A subscriber, and a notifier that pushes numbers as long as somebody listens."""

    def __init__(self, conditions: Conditions, seed: int) -> None:
        self.network = network = Network(conditions, seed)
        self.watching, self.notifying = Recorder(accept_notify), Recorder(self.serve)
        self.watcher = network.agent(WATCHER, self.watching)
        self.notifier = network.agent(NOTIFIER, self.notifying)
        self.pushed = 0
        self.subscription = Subscription(
            self.watcher,
            request_uri="sip:bob@10.0.0.2",
            from_header="<sip:alice@x>",
            event="presence",
            expires=900,
        )
        self.subscription.subscribe(network.now)

    def serve(self, told: Notification, now: float) -> None:
        if isinstance(
            told, SIPIncomingSubscriptionGotSubscribe | SIPIncomingSubscriptionGotRefreshingSubscribe
        ):
            unsubscribed = told.request.header("expires") == "0"
            told.sender.accept(900, now)
            if unsubscribed:
                told.sender.end(now, "timeout")
            else:
                self.push(told.sender)
        elif isinstance(told, SIPIncomingSubscriptionDidTimeout):
            told.sender.end(now, "timeout")

    def push(self, listener: IncomingSubscription) -> None:
        self.pushed += 1
        listener.push_content("text/plain", b"%d" % self.pushed, self.network.now)

    def push_to_all(self) -> None:
        for listener in list(self.notifier.incoming.values()):
            self.push(listener)

    def received(self) -> list[tuple[str | None, int]]:
        """Tag and CSeq of every NOTIFY the observer was told of."""
        requests = [told.notify.request for told in self.watching.of(SIPSubscriptionGotNotify)]
        return [(request.from_tag, request.cseq.number) for request in requests]

    def last_content(self) -> bytes:
        return self.watching.of(SIPSubscriptionGotNotify)[-1].notify.body

    def assert_nothing_is_left(self) -> None:
        assert self.watcher.subscriptions == {} and self.notifier.incoming == {}
        assert len(self.watcher.transactions) == len(self.notifier.transactions) == 0
        assert len(self.network.wheel) == 0
        for agent in (self.watcher, self.notifier):
            assert agent.transactions._by_flow == {} and agent.transactions._originals == {}


@settings(max_examples=60)
@given(networks, st.integers(0, 2**32), st.integers(0, 5), st.floats(0.1, 20))
def test_a_subscription_has_the_last_content_or_fails_cleanly(
    conditions: Conditions, seed: int, pushes: int, pause: float
) -> None:
    world = World(conditions, seed)
    for _ in range(pushes):
        world.network.run(pause)
        world.push_to_all()
    world.network.run(200.0)
    state = world.subscription.state
    assert state in ("active", "terminated")
    if state == "active" and world.notifier.incoming:
        assert world.last_content() == b"%d" % world.pushed
    if state == "terminated":
        assert {"SIPSubscriptionDidFail", "SIPSubscriptionDidEnd"} & set(world.watching.names())
    assert len(set(world.received())) == len(world.received()), "a NOTIFY was delivered twice"
    assert sorted(world.received(), key=lambda seen: seen[1]) == world.received()
    world.subscription.end(world.network.now)
    world.network.settle()
    world.assert_nothing_is_left()


@settings(max_examples=20)
@given(networks, st.integers(0, 2**32))
def test_refreshes_keep_a_subscription_for_hours(conditions: Conditions, seed: int) -> None:
    world = World(conditions, seed)
    for _ in range(8):
        world.network.run(900.0)
        world.push_to_all()
    world.subscription.end(world.network.now)
    world.network.settle()
    assert len(set(world.received())) == len(world.received())
    world.assert_nothing_is_left()


def test_on_a_network_without_faults_nothing_is_ever_sent_twice() -> None:
    world = World(Conditions(), 1)
    for _ in range(8):
        world.network.run(900.0)
        world.push_to_all()
    world.network.run()
    assert world.subscription.state == "active" and world.last_content() == b"%d" % world.pushed
    assert world.watcher.transactions.retransmissions == world.notifier.transactions.retransmissions == 0

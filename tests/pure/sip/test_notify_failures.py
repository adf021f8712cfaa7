"""NOTIFYs that fail, and their order (RFC 6665 section 4.2.2)."""

from __future__ import annotations

import pytest

from sipworker.sip.notifications import SIPIncomingSubscriptionNotifyDidFail
from tests.pure.sip.network import Network
from tests.pure.sip.notifier import Notifier
from tests.pure.sip.peer import Peer

ENDING = [404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]


@pytest.mark.req("R6665-4.2.2-4")
@pytest.mark.req("R3261-12.2.1.2-2")
@pytest.mark.parametrize("status", ENDING)
def test_these_answers_end_the_subscription(network: Network, notifier: Notifier, status: int) -> None:
    subscription = notifier.subscribe()
    notifier.answer(status)
    (failed,) = notifier.recorder.of(SIPIncomingSubscriptionNotifyDidFail)
    assert failed.ends and failed.cseq == 1 and failed.outcome.status == status
    assert subscription.state == "terminated" and notifier.agent.incoming == {}
    subscription.push_content("text/plain", b"new", network.now)
    network.settle()
    assert len(notifier.notifies()) == 1


@pytest.mark.req("R6665-4.2.2-5")
@pytest.mark.req("R3261-8.1.3.2-1")
@pytest.mark.parametrize("status", [302, 400, 401, 403, 415, 420, 486, 499, 500, 503, 600])
def test_other_answers_do_not(network: Network, notifier: Notifier, status: int) -> None:
    subscription = notifier.subscribe()
    notifier.answer(status)
    (failed,) = notifier.recorder.of(SIPIncomingSubscriptionNotifyDidFail)
    assert not failed.ends and subscription.state == "active"
    subscription.push_content("text/plain", b"new", network.now)
    network.run()
    assert [notify.cseq.number for notify in notifier.notifies()] == [1, 2]


@pytest.mark.req("R6665-4.2.2-3")
def test_silence_ends_the_subscription_by_timer_f(network: Network, notifier: Notifier) -> None:
    notifier.subscribe()
    network.run(31.9)
    assert len(notifier.agent.incoming) == 1
    network.run(0.3)
    (failed,) = notifier.recorder.of(SIPIncomingSubscriptionNotifyDidFail)
    assert failed.ends and notifier.agent.incoming == {}
    network.settle()
    assert len(notifier.agent.transactions) == 0


@pytest.mark.req("R3261-8.1.3.1-1")
def test_a_transport_error_does_not_end_it(network: Network, notifier: Notifier) -> None:
    subscription = notifier.subscribe()
    notifier.agent.transactions.transport_failed(subscription.flow, network.now)
    (failed,) = notifier.recorder.of(SIPIncomingSubscriptionNotifyDidFail)
    assert not failed.ends and failed.outcome.status == 503 and subscription.state == "active"


@pytest.mark.req("R3261-12.2.1.1-1")
def test_pushed_contents_wait_for_their_turn_and_count_cseq(network: Network, notifier: Notifier) -> None:
    subscription = notifier.subscribe()
    for body in (b"2", b"3"):
        subscription.push_content("text/plain", body, network.now)
    network.run()
    assert len(notifier.notifies()) == 1
    for _ in range(3):
        notifier.answer()
    sent = notifier.notifies()
    assert [notify.cseq.number for notify in sent] == [1, 2, 3]
    assert [notify.body for notify in sent] == [b"state", b"2", b"3"]


@pytest.mark.req("R6665-4.4.2-1")
def test_end_says_its_reason_after_what_was_pushed(network: Network, notifier: Notifier) -> None:
    subscription = notifier.subscribe()
    subscription.push_content("text/plain", b"last", network.now)
    subscription.end(network.now, "deactivated")
    for _ in range(3):
        notifier.answer()
    assert notifier.states() == ["active;expires=600", "active;expires=600", "terminated;reason=deactivated"]
    assert notifier.recorder.names()[-1] == "SIPIncomingSubscriptionNotifyDidSucceed"
    assert notifier.agent.incoming == {}


@pytest.mark.req("R6665-4.4.1-1")
def test_the_final_notify_is_retransmitted_until_answered(network: Network, notifier: Notifier) -> None:
    subscription = notifier.subscribe()
    notifier.answer()
    subscription.end(network.now, "timeout")
    network.run(2.0)
    assert network.times("NOTIFY")[1:] == [0.0, 0.5, 1.5]
    notifier.answer()
    network.settle()
    assert network.times("NOTIFY")[1:] == [0.0, 0.5, 1.5] and len(notifier.agent.transactions) == 0


def test_a_resumed_subscription_goes_on_numbering_and_expires(
    network: Network, notifier: Notifier, peer: Peer
) -> None:
    subscription = notifier.subscribe()
    notifier.answer()
    notifier.agent.incoming.clear()
    subscription.resume(subscription.expires_at, network.now)
    subscription.send_notify(7, subscription.subscription_state(network.now), "", b"", network.now)
    network.run()
    notifier.answer()
    notifier.refresh(2)
    notifier.answer()
    assert [notify.cseq.number for notify in notifier.notifies()] == [1, 7, 8]
    network.run(601.0)
    assert notifier.states()[-1] == "terminated;reason=timeout"

"""Refreshing and ending a subscription (RFC 6665 sections 4.1.2.2, 4.1.2.3 and 4.1.3)."""

from __future__ import annotations

import pytest

from sipworker.sip.dialog import Dialog
from sipworker.sip.notifications import SIPSubscriptionDidEnd, SIPSubscriptionDidFail
from sipworker.sip.subscription import Subscription
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Peer
from tests.pure.sip.subscriber import Subscriber

ENDING = [404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]


def refreshed(subscriber: Subscriber, network: Network) -> Subscription:
    subscription = subscriber.established()
    subscription.refresh(network.now)
    network.run()
    return subscription


@pytest.mark.req("R6665-4.1.3-4")
def test_the_notify_says_how_long_it_lasts(subscriber: Subscriber, network: Network, peer: Peer) -> None:
    subscriber.established("active;expires=60")  # the 200 said 3600
    network.run(29.9)
    assert len(subscriber.subscribes()) == 1
    network.run(1.0)
    assert len(subscriber.subscribes()) == 2 and peer.request.to_tag == "peer"


@pytest.mark.req("R6665-4.1.3-4")
def test_without_expires_in_the_notify_the_200_counts(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe()
    peer.accept(peer.request, "600")
    network.run()
    for cseq in range(1, 60):  # each one must not put the refresh off
        peer.notify(subscriber.subscribes()[0], cseq, "active")
        network.run(9.5)
    assert subscription.expires_at == 600.0
    assert len(subscriber.subscribes()) == 1
    network.run(10.0)
    assert len(subscriber.subscribes()) == 2


@pytest.mark.req("R6665-4.1.3-4")
def test_many_notifies_do_not_put_the_refresh_off(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscriber.established("active;expires=60")
    for second in range(1, 80):
        peer.notify(subscriber.subscribes()[0], 1 + second, f"active;expires={60 - round(second / 2)}")
        network.run(0.5)
    assert len(subscriber.subscribes()) == 2


@pytest.mark.req("R6665-4.1.2.2-1")
@pytest.mark.parametrize("status", ENDING)
def test_these_answers_to_a_refresh_end_it(
    subscriber: Subscriber, network: Network, peer: Peer, status: int
) -> None:
    subscription = refreshed(subscriber, network)
    peer.answer(peer.request, status)
    network.run()
    (failed,) = subscriber.recorder.of(SIPSubscriptionDidFail)
    assert failed.code == status and subscription.state == "terminated"


@pytest.mark.req("R6665-4.1.2.2-2")
@pytest.mark.req("R3261-8.1.3.2-1")
@pytest.mark.parametrize("status", [400, 403, 408, 499, 500, 503])
def test_other_answers_leave_it_until_its_expiry_and_it_tries_again(
    subscriber: Subscriber, network: Network, peer: Peer, status: int
) -> None:
    subscription = refreshed(subscriber, network)
    peer.answer(peer.request, status)
    network.run(40.0)
    assert subscription.state == "active"
    peer.notify(subscriber.subscribes()[0], 2, "active;expires=3560")
    network.run()
    assert peer.statuses == [200, 200]
    network.run(3600.0)
    assert len(subscriber.subscribes()) > 3
    assert subscription.state == "terminated"


@pytest.mark.req("R6665-4.1.2.2-2")
def test_a_refresh_without_an_answer_leaves_it_too(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = refreshed(subscriber, network)
    network.run(40.0)
    assert subscription.state == "active" and subscriber.recorder.of(SIPSubscriptionDidFail) == []


@pytest.mark.req("R6665-4.1.2.2-3")
def test_a_refresh_with_a_2xx_but_no_notify_ends_it(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = refreshed(subscriber, network)
    peer.accept(peer.request)
    network.run(33.0)
    (failed,) = subscriber.recorder.of(SIPSubscriptionDidFail)
    assert (failed.code, failed.reason) == (408, "No NOTIFY") and subscription.state == "terminated"


@pytest.mark.req("R3261-12.2.1.2-1")
def test_the_2xx_of_a_refresh_moves_the_target(subscriber: Subscriber, network: Network, peer: Peer) -> None:
    subscription = refreshed(subscriber, network)
    peer.answer(peer.request, 200, (("Expires", "3600"), ("Contact", "<sip:moved@10.0.0.9>")))
    network.run()
    assert subscription.dialog.remote_target == "sip:moved@10.0.0.9"


@pytest.mark.req("R3261-12.2.1.1-1")
@pytest.mark.req("R3261-12.2.1.1-5")
def test_refreshes_keep_contact_and_tags_and_count_cseq(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    refreshed(subscriber, network)
    first, second = subscriber.subscribes()
    assert second.cseq.number == first.cseq.number + 1
    assert second.rows("contact") == first.rows("contact") and second.rows("from") == first.rows("from")
    assert second.uri == "sip:peer@10.0.0.2:5062" and second.to.tag == "peer"


@pytest.mark.req("R6665-4.1.2.3-1")
@pytest.mark.parametrize("body", [b"", b"last state"])
def test_unsubscribing_ends_with_the_final_notify(
    subscriber: Subscriber, network: Network, peer: Peer, body: bytes
) -> None:
    subscription = subscriber.established()
    subscription.end(network.now)
    subscription.end(network.now)
    network.run()
    assert [request.rows("expires") for request in subscriber.subscribes()] == [["3600"], ["0"]]
    peer.accept(peer.request, "0")
    peer.notify(subscriber.subscribes()[0], 2, "terminated;reason=timeout", body=body)
    network.run()
    (ended,) = subscriber.recorder.of(SIPSubscriptionDidEnd)
    assert ended.state is not None and peer.statuses == [200, 200]
    network.settle()
    assert subscriber.agent.subscriptions == {}


@pytest.mark.req("R6665-4.1.2.3-1")
@pytest.mark.parametrize("status", [None, 200, 481, 503])
def test_unsubscribing_ends_without_a_final_notify_too(
    subscriber: Subscriber, network: Network, peer: Peer, status: int | None
) -> None:
    subscriber.established().end(network.now)
    network.run()
    if status is not None:
        peer.answer(peer.request, status)
    network.settle()
    (ended,) = subscriber.recorder.of(SIPSubscriptionDidEnd)
    assert ended.state is None and subscriber.agent.subscriptions == {}
    assert subscriber.recorder.of(SIPSubscriptionDidFail) == []


def test_end_before_the_first_notify_waits_for_the_dialog(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe()
    subscription.end(network.now)
    peer.accept(peer.request)
    network.run()
    assert len(subscriber.subscribes()) == 1  # a second one without To tag would be a fetch
    peer.notify(peer.request, 1)
    network.run()
    unsubscribe = subscriber.subscribes()[1]
    assert unsubscribe.to.tag == "peer" and unsubscribe.rows("expires") == ["0"]


def test_end_before_a_challenge_does_not_try_again(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe(credentials=("alice", "secret"))
    subscription.end(network.now)
    peer.answer(peer.request, 401, (("WWW-Authenticate", 'Digest realm="r", nonce="n"'),))
    network.settle()
    assert len(subscriber.subscribes()) == 1
    assert subscriber.recorder.names()[-1] == "SIPSubscriptionDidEnd"


def test_a_resumed_dialog_goes_on_where_it_was(subscriber: Subscriber, network: Network, peer: Peer) -> None:
    old = subscriber.established()
    request = subscriber.subscribes()[0]
    old.drop()
    resumed = Subscription(
        subscriber.agent,
        request_uri=f"sip:bob@{peer.at}",
        from_header="<sip:alice@example.net>",
        event="presence",
    )
    known = old.dialog
    dialog = Dialog(
        known.call_id, known.local, known.local_tag, known.remote, known.remote_tag, known.remote_target,
        known.route_set, known.local_cseq, known.remote_cseq,
    )  # fmt: skip
    resumed.resume(dialog, 100.0, network.now)
    peer.notify(request, 1)  # answered before the restart
    peer.notify(request, 2, "active;expires=90", body=b"new")
    network.run()
    assert peer.statuses == [200, 200, 200]
    assert subscriber.recorder.names().count("SIPSubscriptionGotNotify") == 2
    resumed.refresh(network.now)
    network.run()
    assert peer.request.cseq.number == 2 and peer.request.to_tag == "peer"

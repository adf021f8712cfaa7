"""The first SUBSCRIBE and what may follow it (RFC 6665 sections 4.1.2.1, 4.1.2.4 and 4.4.1)."""

from __future__ import annotations

import pytest

from sipworker.sip.message import Request
from sipworker.sip.notifications import (
    SIPSubscriptionDidFail,
    SIPSubscriptionDidStart,
    SIPSubscriptionGotNotify,
)
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Peer
from tests.pure.sip.subscriber import Subscriber

CHALLENGE = ("WWW-Authenticate", 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"')


def fails(subscriber: Subscriber) -> list[tuple[int, str]]:
    return [(told.code, told.reason) for told in subscriber.recorder.of(SIPSubscriptionDidFail)]


@pytest.mark.req("R3261-8.1.1-1")
@pytest.mark.req("R3261-8.1.1.1-1")
@pytest.mark.req("R3261-8.1.1.2-1")
@pytest.mark.req("R3261-8.1.1.6-1")
@pytest.mark.req("R3261-8.1.1.7-1")
@pytest.mark.req("R3261-8.1.1.8-1")
@pytest.mark.req("R3581-3-1")
@pytest.mark.req("R6665-3.1.2-2")
def test_the_first_subscribe_has_what_every_request_needs(subscriber: Subscriber, peer: Peer) -> None:
    subscriber.subscribe(headers="Accept: application/pidf+xml\r\n")
    request = peer.request
    assert request.uri == request.to.uri == "sip:bob@10.0.0.2:5062" and request.to_tag is None
    assert request.from_tag and request.rows("max-forwards") == ["70"]
    assert (request.via.branch or "").startswith("z9hG4bK") and "rport" in request.via.params
    assert request.rows("event") == ["presence"] and request.rows("accept") == ["application/pidf+xml"]
    assert request.rows("contact") == ["<sip:agent@10.0.0.1:5060>"] and request.rows("expires") == ["3600"]


@pytest.mark.req("R3261-8.1.1.6-1")
def test_max_forwards_of_the_caller_stands_alone(subscriber: Subscriber, peer: Peer) -> None:
    subscriber.subscribe(headers="Max-Forwards: 12\r\n")
    assert peer.request.rows("max-forwards") == ["12"]


@pytest.mark.req("R3261-8.1.2-1")
def test_a_preloaded_route_gets_the_request_and_the_uri_stays(
    subscriber: Subscriber, network: Network
) -> None:
    proxy = Peer(network, ("10.0.0.7", 5060))
    subscriber.subscribe(route=("<sip:10.0.0.7;lr>",))
    assert proxy.request.uri == "sip:bob@10.0.0.2:5062"
    assert proxy.request.rows("route") == ["<sip:10.0.0.7;lr>"]


@pytest.mark.req("R6665-4.1.2-1")
@pytest.mark.req("R6665-8.3.1-2")
@pytest.mark.parametrize("status", [200, 202])
def test_a_2xx_starts_it_and_the_notify_says_the_state(
    subscriber: Subscriber, network: Network, peer: Peer, status: int
) -> None:
    subscription = subscriber.subscribe()
    peer.accept(peer.request, "600", status)
    network.run()
    assert [told.expires for told in subscriber.recorder.of(SIPSubscriptionDidStart)] == [600]
    assert subscription.state == "sent"
    peer.notify(peer.request, 1, "pending;expires=600")
    network.run()
    assert subscription.state == "pending"
    peer.notify(subscriber.subscribes()[0], 2)
    network.run()
    assert subscription.state == "active"


@pytest.mark.req("R6665-4.1.2.4-3")
@pytest.mark.req("R6665-4.4.1-2")
@pytest.mark.req("R6665-4.1.4-1")
def test_the_notify_may_come_before_the_2xx_and_with_another_tag(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe()
    request = peer.request
    peer.notify(request, 1, "active;expires=60", body=b"state")
    network.run()
    assert peer.statuses == [200] and subscription.state == "active"
    peer.answer(request, 200, (("Expires", "3600"), ("Contact", "<sip:other@10.0.0.3>")), tag="fork")
    network.run(1.0)
    assert subscription.expires_at == 60.0  # the NOTIFY's word counts
    assert subscription.dialog.remote_tag == "peer"
    assert subscription.dialog.remote_target == "sip:peer@10.0.0.2:5062"


@pytest.mark.req("R6665-4.4.1-2")
@pytest.mark.req("R6665-4.1.2.4-1")
def test_timer_n_ends_what_got_a_2xx_but_no_notify(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe()
    peer.accept(peer.request)
    network.run(31.9)
    assert subscription.state == "sent"
    network.run(0.5)
    assert fails(subscriber) == [(408, "No NOTIFY")] and subscription.state == "terminated"


@pytest.mark.req("R6665-4.1.2.4-2")
def test_after_timer_n_a_notify_is_481(subscriber: Subscriber, network: Network, peer: Peer) -> None:
    subscriber.subscribe()
    peer.accept(peer.request)
    network.run(33.0)
    peer.notify(peer.request, 1)
    network.run()
    assert peer.statuses == [481] and subscriber.recorder.of(SIPSubscriptionGotNotify) == []


@pytest.mark.req("R3261-8.1.3.1-1")
def test_silence_is_408(subscriber: Subscriber, network: Network) -> None:
    subscriber.subscribe()
    network.settle()
    assert fails(subscriber) == [(408, "No answer")] and subscriber.agent.subscriptions == {}


@pytest.mark.req("R3261-8.1.3.1-1")
def test_no_way_to_the_next_hop_is_503(subscriber: Subscriber) -> None:
    subscriber.subscribe(route=("<sip:nowhere;lr>",))
    assert fails(subscriber) == [(503, "No answer")]


@pytest.mark.req("R6665-4.1.2.1-1")
@pytest.mark.parametrize("status", [302, 403, 404, 481, 489, 500, 503, 603])
def test_any_other_final_answer_means_no_subscription(
    subscriber: Subscriber, network: Network, peer: Peer, status: int
) -> None:
    subscription = subscriber.subscribe()
    peer.answer(peer.request, status, (("Retry-After", "18 (soon);duration=3"), ("Min-Expires", "9" * 5000)))
    network.run()
    (failed,) = subscriber.recorder.of(SIPSubscriptionDidFail)
    assert (failed.code, failed.retry_after, failed.min_expires) == (status, 18, 2**32 - 1)
    assert subscription.state == "terminated" and subscriber.agent.subscriptions == {}


def tries(subscriber: Subscriber) -> list[tuple[str, int]]:
    return [(request.call_id, request.cseq.number) for request in subscriber.subscribes()]


def answer_each(
    peer: Peer, network: Network, *answers: tuple[int, tuple[tuple[str, str], ...]]
) -> list[Request]:
    for status, headers in answers:
        peer.answer(peer.request, status, headers)
        network.run()
    return peer.requests


@pytest.mark.req("R3261-8.1.1.4-1")
@pytest.mark.req("R3261-8.1.3.5-1")
def test_a_challenge_is_answered_once_in_a_new_transaction(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe(credentials=("alice", "secret"))
    first, second = answer_each(peer, network, (401, (CHALLENGE,)))
    assert (second.call_id, second.cseq.number) == (first.call_id, first.cseq.number + 1)
    assert second.via.branch != first.via.branch and second.from_.tag == first.from_.tag
    assert 'uri="sip:bob@10.0.0.2:5062"' in second.rows("authorization")[0]
    answer_each(peer, network, (401, (CHALLENGE,)))
    assert fails(subscriber) == [(401, "Unauthorized")] and subscription.state == "terminated"


@pytest.mark.req("R3261-8.1.3.5-1")
def test_without_credentials_a_challenge_is_a_failure(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscriber.subscribe()
    answer_each(peer, network, (401, (CHALLENGE,)))
    assert fails(subscriber) == [(401, "Unauthorized")]


@pytest.mark.req("R3261-8.1.3.5-1")
def test_423_is_tried_again_with_min_expires_also_behind_a_challenge(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscriber.subscribe(expires=30, credentials=("alice", "secret"))
    brief = 423, (("Min-Expires", "600"),)
    requests = answer_each(peer, network, (401, (CHALLENGE,)), brief)
    assert [request.rows("expires")[0] for request in requests] == ["30", "30", "600"]
    assert "nc=00000002" in requests[2].rows("authorization")[0]
    answer_each(peer, network, brief)
    assert fails(subscriber) == [(423, "Interval Too Brief")]


@pytest.mark.req("R3261-8.1.3.4-1")
def test_a_redirection_is_followed_and_leads_nowhere_twice(subscriber: Subscriber) -> None:
    here, there = f"sip:bob@{subscriber.notifier.at}", f"sip:robert@{subscriber.notifier.at}"
    subscription = subscriber.subscribe()
    for _ in range(2):
        request = subscriber.notifier.request
        subscriber.notifier.answer(request, 302, (("Contact", f"<{here}>;q=1, <{there}>"),))
        subscriber.network.run()
    first, second = subscriber.subscribes()
    assert (second.uri, second.cseq.number, second.call_id) == (there, 2, first.call_id)
    assert fails(subscriber) == [(302, "Moved Temporarily")] and subscription.state == "terminated"

"""Where a 3xx leads: its Contacts in the order in which they are preferred, until one takes the SUBSCRIBE."""

from __future__ import annotations

import pytest

from sipworker.sip.notifications import SIPSubscriptionDidFail
from sipworker.sip.redirection import MAX_TARGETS, TargetSet
from sipworker.sip.structure import Response
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Peer
from tests.pure.sip.subscriber import Subscriber

pytestmark = pytest.mark.req("R3261-8.1.3.4-1")


def redirection(*contacts: str) -> Response:
    return Response(302, "Moved Temporarily", {"contact": list(contacts)} if contacts else {})


def in_order(targets: TargetSet) -> list[str]:
    return list(iter(targets.next, None))


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        (["<sip:a@x>;q=0.2, <sip:b@x>;q=0.7", "sip:c@x;q=0.5"], ["sip:b@x", "sip:c@x", "sip:a@x"]),
        (["<sip:a@x>;q=0.2, <sip:b@x>"], ["sip:b@x", "sip:a@x"]),
        (["<sip:a@x>, <sip:b@x>, <sip:a@x>"], ["sip:a@x", "sip:b@x"]),
        (["<sip:origin@x>;q=1, <sip:b@x>;q=0"], ["sip:b@x"]),
        (["<sip:a@x>;q=much, <sip:b@x>;q=0.9"], ["sip:a@x", "sip:b@x"]),
        (["<mailto:a@x>;q=1, <SIPS:b@x>;q=0.1, <sip:>, <sip:a b@x>"], ["SIPS:b@x"]),
        (["<sip:origin@x>"], []),
        (["<sip:a@x"], []),
        ([], []),
    ],
)
def test_contacts_are_tried_in_the_order_of_preference(contacts: list[str], expected: list[str]) -> None:
    targets = TargetSet("sip:origin@x")
    targets.add(redirection(*contacts))
    assert in_order(targets) == expected


def test_those_of_a_second_redirection_take_their_place_among_those_that_wait() -> None:
    targets = TargetSet("sip:origin@x")
    targets.add(redirection("<sip:a@x>;q=0.9, <sip:b@x>;q=0.5"))
    assert targets.next() == "sip:a@x"
    targets.add(redirection("<sip:c@x>;q=0.1, <sip:d@x>;q=0.7, <sip:a@x>, <sip:origin@x>"))
    assert in_order(targets) == ["sip:d@x", "sip:b@x", "sip:c@x"]


def test_only_the_first_few_are_tried() -> None:
    targets = TargetSet("sip:origin@x")
    for number in range(3 * MAX_TARGETS):
        targets.add(redirection(f"<sip:{number}@x>"))
    assert in_order(targets) == [f"sip:{number}@x" for number in range(MAX_TARGETS)]


# -- a subscription that is sent on

MOVED = (("Contact", "<sip:a@10.0.0.2:5062>;q=0.9, <sip:b@10.0.0.2:5062>;q=0.5, <sip:c@10.0.0.9>;q=0.1"),)
A, B, C = "sip:a@10.0.0.2:5062", "sip:b@10.0.0.2:5062", "sip:c@10.0.0.9"


@pytest.fixture
def redirected(subscriber: Subscriber, network: Network, peer: Peer) -> Subscriber:
    """Sent on by the first whom it asked; A has got the SUBSCRIBE."""
    subscriber.subscribe(credentials=("alice", "secret"))
    peer.answer(peer.request, 302, MOVED)
    network.run()
    return subscriber


def targets(subscriber: Subscriber) -> list[str]:
    return [request.uri for request in subscriber.subscribes()[1:]]


def failures(subscriber: Subscriber) -> list[tuple[int, str]]:
    return [(each.code, each.reason) for each in subscriber.recorder.of(SIPSubscriptionDidFail)]


@pytest.mark.parametrize("status", [400, 403, 404, 480, 500, 503])
def test_a_target_that_refuses_is_followed_by_the_next(redirected: Subscriber, status: int) -> None:
    network, peer = redirected.network, redirected.notifier
    peer.answer(peer.request, status)
    network.run()
    assert targets(redirected) == [A, B]
    peer.accept(peer.request)
    peer.notify(peer.request, 1)
    network.run()
    assert failures(redirected) == []
    assert redirected.recorder.names()[-1] == "SIPSubscriptionGotNotify"


def test_so_is_one_that_does_not_answer(redirected: Subscriber) -> None:
    redirected.network.run(33)
    assert targets(redirected) == [A, B]
    assert failures(redirected) == []


def test_when_all_have_failed_the_last_failure_counts(redirected: Subscriber) -> None:
    network, peer = redirected.network, redirected.notifier
    for status in (404, 480):
        peer.answer(peer.request, status)
        network.run()
    network.run(33)  # nobody is at C
    assert [request.uri for request in peer.requests[-1:]] == [B]
    assert failures(redirected) == [(408, "No answer")]


def test_one_who_knows_that_the_user_is_nowhere_ends_it(redirected: Subscriber) -> None:
    peer = redirected.notifier
    peer.answer(peer.request, 604)
    redirected.network.run()
    assert targets(redirected) == [A]
    assert failures(redirected) == [(604, "Does Not Exist Anywhere")]


def test_each_target_may_ask_who_we_are(redirected: Subscriber) -> None:
    network, peer = redirected.network, redirected.notifier
    for _ in range(2):
        challenge = ("WWW-Authenticate", 'Digest realm="x", nonce="n", algorithm=MD5')
        for _ in range(2):
            peer.answer(peer.request, 401, (challenge,))
            network.run()
    assert targets(redirected) == [A, A, B, B]


def test_no_other_target_is_tried_once_there_is_a_dialog(redirected: Subscriber) -> None:
    network, peer = redirected.network, redirected.notifier
    peer.accept(peer.request)
    peer.notify(peer.request, 1)
    network.run()
    redirected.agent.subscriptions[peer.request.call_id].refresh(network.now)
    network.run()
    peer.answer(peer.request, 404)
    network.run()
    assert B not in targets(redirected)
    assert failures(redirected) == [(404, "Not Found")]

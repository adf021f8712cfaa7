"""NOTIFYs in a subscription: matching, order, answers (RFC 6665 section 4.1.3, rows D50 to D55)."""

from __future__ import annotations

import pytest

from sipworker.sip.message import response
from sipworker.sip.notifications import SIPSubscriptionDidEnd, SIPSubscriptionGotNotify
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Peer
from tests.pure.sip.subscriber import Subscriber

STATE = "active;expires=3600"


def bodies(subscriber: Subscriber) -> list[bytes]:
    return [told.notify.body for told in subscriber.recorder.of(SIPSubscriptionGotNotify)]


@pytest.mark.req("R3261-17.2.2-1")
@pytest.mark.req("R6665-4.1.3-14")
def test_a_retransmitted_notify_gets_the_same_200_and_is_delivered_once(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscriber.established()
    via = peer.via()
    for _ in range(3):
        peer.notify(subscriber.subscribes()[0], 2, body=b"new", via=via)
        network.run(0.5)
    assert bodies(subscriber) == [b"", b"new"]
    answers = [packet.data for packet in network.sent if b"CSeq: 2 NOTIFY" in packet.data[:400]]
    answers = [data for data in answers if data.startswith(b"SIP/2.0 200")]
    assert len(answers) == 3 and len(set(answers)) == 1


def test_a_retransmission_is_not_answered_before_the_observer_accepts(network: Network, peer: Peer) -> None:
    subscriber = Subscriber(network, peer, accepts=False)
    subscriber.subscribe()
    via = peer.via()
    for _ in range(2):
        peer.notify(subscriber.subscribes()[0], 1, via=via)
        network.run()
    assert peer.responses == []
    (told,) = subscriber.recorder.of(SIPSubscriptionGotNotify)
    told.notify.accept(network.now)
    network.run()
    assert peer.statuses == [200]


def test_the_200_is_what_the_message_layer_would_write(network: Network, peer: Peer) -> None:
    subscriber = Subscriber(network, peer)
    subscriber.subscribe()
    via = f"{peer.via()}, SIP/2.0/UDP 10.0.0.8;branch=z9hG4bKp"
    peer.notify(
        subscriber.subscribes()[0], 1, headers=(("Via", "SIP/2.0/TCP 10.0.0.9;branch=z9hG4bKq"),), via=via
    )
    network.run()
    request = subscriber.recorder.of(SIPSubscriptionGotNotify)[0].notify.request
    contact = ("Contact", "<sip:agent@10.0.0.1:5060>")
    assert network.sent[-1].data == response(request, 200, headers=(contact,))


@pytest.mark.req("R3261-12.2.2-2")
def test_a_lower_cseq_is_500_and_a_gap_is_fine(subscriber: Subscriber, network: Network, peer: Peer) -> None:
    subscriber.established()
    for cseq in (9, 5):
        peer.notify(subscriber.subscribes()[0], cseq, body=b"%d" % cseq)
    network.run()
    assert peer.statuses == [200, 200, 500] and bodies(subscriber) == [b"", b"9"]


@pytest.mark.req("R3261-17.2.2-1", "R3261-17.2.3-1")
def test_a_retransmission_that_was_overtaken_gets_its_200_again(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    """The 200 was lost, and the notifier did not wait for it (RFC 6665 says nothing against that)."""
    subscriber.established()
    request, via = subscriber.subscribes()[0], peer.via()
    peer.notify(request, 2, body=b"older", via=via)
    peer.notify(request, 5, body=b"newer")
    peer.notify(request, 2, body=b"older", via=via)
    network.run()
    assert peer.statuses == [200] * 4
    assert bodies(subscriber) == [b"", b"older", b"newer"]


@pytest.mark.req("R3261-12.2.2-2")
@pytest.mark.parametrize("cseq", [1, 2, 3], ids=["before", "taken", "left out"])
def test_a_new_transaction_with_a_lower_cseq_is_500_even_if_that_was_taken_before(
    subscriber: Subscriber, network: Network, peer: Peer, cseq: int
) -> None:
    subscriber.established()
    for number in (2, 5, cseq):
        peer.notify(subscriber.subscribes()[0], number, body=b"%d" % number)
    network.run()
    assert peer.statuses == [200, 200, 200, 500]
    assert bodies(subscriber) == [b"", b"2", b"5"]


def test_an_overtaken_retransmission_waits_for_the_observer_too(network: Network, peer: Peer) -> None:
    subscriber = Subscriber(network, peer, accepts=False)
    subscriber.subscribe()
    via = peer.via()
    for cseq, each in ((1, via), (2, peer.via()), (1, via)):
        peer.notify(subscriber.subscribes()[0], cseq, via=each)
    network.run()
    assert peer.responses == []


@pytest.mark.req("R6665-5.4.9-1")
@pytest.mark.req("R4662-4.7-1")
def test_a_second_fork_is_481(subscriber: Subscriber, network: Network, peer: Peer) -> None:
    subscriber.established()
    request = subscriber.subscribes()[0]
    for cseq in (1, 2):
        peer.notify(request, cseq, from_=f"{request.rows('to')[0]};tag=fork", body=b"other")
    network.run()
    assert peer.statuses == [200, 481, 481] and bodies(subscriber) == [b""]


@pytest.mark.req("R6665-4.1.3-2")
@pytest.mark.req("R6665-4.4.1-4")
@pytest.mark.parametrize("changed", [{"call_id": "other"}, {"to": "<sip:alice@example.net>;tag=other"}])
def test_a_notify_for_no_subscription_of_ours_is_481(
    subscriber: Subscriber, network: Network, peer: Peer, changed: dict[str, str]
) -> None:
    subscriber.established()
    peer.notify(subscriber.subscribes()[0], 2, STATE, (), b"", **changed)
    network.run()
    assert peer.statuses == [200, 481]


@pytest.mark.req("R6665-4.1.3-3")
@pytest.mark.req("R6665-8.2.1-1")
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"event": "dialog"}, 489),
        ({"event": "Presence"}, 489),
        ({"event": "presence;id=1"}, 489),
        ({"event": "presence;x=1"}, 200),
        ({"event": ""}, 400),
        ({"event": "pres ence"}, 400),
        ({"subscription_state": ""}, 400),
        ({"subscription_state": ";"}, 400),
        ({"contact": "<sip:a@x>, <sip:b@x>"}, 400),
        ({"contact": "<mailto:a@x>"}, 400),
        ({"require": "foo"}, 420),
        ({"require": "eventlist"}, 200),
        ({"subscription_state": "waiting;expires=9"}, 200),
        ({"subscription_state": "active;expires=soon"}, 200),
    ],
)
def test_the_answer_to_a_notify_in_the_dialog(
    subscriber: Subscriber, network: Network, peer: Peer, changed: dict[str, str], status: int
) -> None:
    subscriber.established()
    peer.notify(subscriber.subscribes()[0], 2, STATE, (), b"", **changed)
    network.run()
    assert peer.statuses == [200, status]
    assert len(bodies(subscriber)) == (2 if status == 200 else 1)


def test_a_refused_notify_leaves_the_dialog_as_it_was(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe()
    peer.notify(peer.request, 1, headers=(("Record-Route", "<sip:>"),), contact="<sip:moved@10.0.0.9>")
    network.run()
    dialog = subscription.dialog
    assert peer.statuses == [400]
    assert (dialog.remote_tag, dialog.remote_cseq, dialog.route_set) == ("", -1, ())


@pytest.mark.req("R6665-3.2-1")
@pytest.mark.req("R3261-12.2.2-3")
@pytest.mark.req("R3261-12.2-1")
@pytest.mark.req("R6665-4.4.1-3")
def test_the_first_notify_gives_the_route_set_and_any_moves_the_target(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.subscribe(route=("<sip:10.0.0.2:5062;lr>",))
    request = peer.request
    peer.answer(request, 200, (("Record-Route", "<sip:of-the-2xx;lr>"), ("Contact", "<sip:a@x>")))
    peer.notify(request, 1, headers=(("Record-Route", "<sip:10.0.0.7;lr>, <sip:10.0.0.8;lr>"),))
    peer.notify(request, 2, headers=(("Record-Route", "<sip:later;lr>"),), contact="<sip:new@10.0.0.9>")
    network.run()
    proxy = Peer(network, ("10.0.0.7", 5060))
    subscription.refresh(network.now)
    network.run()
    assert proxy.request.values("route") == ["<sip:10.0.0.7;lr>", "<sip:10.0.0.8;lr>"]
    assert proxy.request.uri == "sip:new@10.0.0.9" and proxy.request.to_tag == "peer"


@pytest.mark.req("R6665-4.1.3-5")
@pytest.mark.parametrize("state", ["terminated;reason=rejected;expires=300", "Terminated;reason=rejected"])
def test_terminated_ends_it_whatever_expires_says(
    subscriber: Subscriber, network: Network, peer: Peer, state: str
) -> None:
    subscription = subscriber.established()
    via = peer.via()
    for _ in range(2):
        peer.notify(subscriber.subscribes()[0], 2, state, body=b"last", via=via)
        network.run()
    (ended,) = subscriber.recorder.of(SIPSubscriptionDidEnd)
    assert ended.state is not None and ended.state.reason == "rejected"
    assert subscription.state == "terminated" and bodies(subscriber) == [b"", b"last"]
    assert peer.statuses == [200, 200, 200]  # the retransmission of the last one too


@pytest.mark.req("R6665-4.1.3-2")
def test_after_the_final_notify_another_one_is_481(
    subscriber: Subscriber, network: Network, peer: Peer
) -> None:
    subscription = subscriber.established("terminated;reason=timeout")
    peer.notify(subscriber.subscribes()[0], 2)
    network.run()
    assert peer.statuses == [200, 481] and subscription.state == "terminated"
    network.settle()
    assert subscriber.agent.subscriptions == {} and len(subscriber.subscribes()) == 1

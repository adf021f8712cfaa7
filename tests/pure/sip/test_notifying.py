"""The notifier's side: SUBSCRIBEs accepted, refreshed and refused (RFC 6665 section 4.2.1)."""

from __future__ import annotations

import pytest

from sipworker.sip.notifications import SIPIncomingSubscriptionGotRefreshingSubscribe
from tests.pure.sip.network import Network
from tests.pure.sip.notifier import AGENT, Notifier
from tests.pure.sip.peer import Pairs, Peer

ROUTES: Pairs = (
    ("Record-Route", '"a, b" <sip:10.0.0.7;lr;ftag=x>;y'),
    ("Record-Route", "<sip:p2;lr>,<sip:p3;lr>"),
)


@pytest.mark.req("R6665-4.2.1.2-1")
@pytest.mark.req("R6665-4.2.2-1")
@pytest.mark.req("R6665-4.2.1.1-5")
@pytest.mark.req("R6665-8.2.1-2")
@pytest.mark.req("R6665-8.2.3-1")
def test_a_subscribe_gets_200_and_a_notify_at_once(network: Network, notifier: Notifier, peer: Peer) -> None:
    notifier.subscribe()
    (answer,), (notify,) = peer.responses, peer.requests
    assert answer.status == 200 and answer.rows("expires") == ["600"]
    assert "event" not in answer.headers and "subscription-state" not in answer.headers
    assert notify.rows("event") == ["presence"] and notify.rows("subscription-state") == [
        "active;expires=600"
    ]
    assert notify.body == b"state" and notify.rows("max-forwards") == ["70"]
    assert notify.from_.tag == answer.to_tag and notify.to.tag == "peer"
    assert notify.rows("contact") == answer.rows("contact") == ["<sip:agent@10.0.0.1:5060>"]


@pytest.mark.req("R6665-3.1.1-1")
@pytest.mark.req("R6665-4.2.1.4-1")
def test_never_more_seconds_than_asked_for(network: Network, notifier: Notifier, peer: Peer) -> None:
    notifier.subscribe(expires="100")
    notifier.answer()
    notifier.refresh(2, expires="50")
    assert [answer.rows("expires") for answer in peer.responses] == [["100"], ["50"]]
    assert notifier.states() == ["active;expires=100", "active;expires=50"]


@pytest.mark.req("R3261-12.1.1-1")
@pytest.mark.req("R3261-12.1.1-2")
def test_the_200_copies_record_route_and_the_notify_follows_it(
    network: Network, notifier: Notifier, peer: Peer
) -> None:
    proxy = Peer(network, ("10.0.0.7", 5060))
    notifier.subscribe(ROUTES)
    assert peer.responses[0].rows("record-route") == [value for _, value in ROUTES]
    assert proxy.request.values("route") == [
        '"a, b" <sip:10.0.0.7;lr;ftag=x>;y',
        "<sip:p2;lr>",
        "<sip:p3;lr>",
    ]
    assert proxy.request.uri == "sip:peer@10.0.0.2:5062"


@pytest.mark.req("R6665-4.5.2-2")
@pytest.mark.req("R6665-3.2.1-1")
def test_the_event_id_comes_back_in_every_notify(notifier: Notifier) -> None:
    notifier.subscribe(event="dialog;id=7;sla")
    assert notifier.notifies()[0].rows("event") == ["dialog;id=7"]


@pytest.mark.req("R6665-4.2.2-7")
@pytest.mark.req("R6665-4.2.2-8")
def test_notifies_say_the_seconds_left(network: Network, notifier: Notifier) -> None:
    subscription = notifier.subscribe()
    notifier.answer()
    network.run(100.0)
    subscription.push_content("text/plain", b"new", network.now)
    network.run()
    assert notifier.states() == ["active;expires=600", "active;expires=500"]


@pytest.mark.req("R3261-17.2.2-1")
def test_a_retransmitted_subscribe_makes_no_second_subscription(notifier: Notifier, peer: Peer) -> None:
    via = peer.via()
    notifier.subscribe(via=via)
    notifier.subscribe(via=via)
    assert len(notifier.agent.incoming) == 1 and len(peer.requests) == 1
    first, second = peer.responses
    assert first.to_bytes() == second.to_bytes()


@pytest.mark.req("R6665-3.1-1")
@pytest.mark.req("R3261-12.2.2-3")
@pytest.mark.req("R3261-12.2-1")
def test_a_refresh_moves_the_target_and_not_the_route_set(network: Network, notifier: Notifier) -> None:
    moved = Peer(network, ("10.0.0.2", 5070))
    subscription = notifier.subscribe()
    notifier.answer()
    notifier.refresh(2, (("Record-Route", "<sip:late;lr>"),), contact="<sip:peer@10.0.0.2:5070>")
    assert moved.request.uri == "sip:peer@10.0.0.2:5070" and moved.request.cseq.number == 2
    assert subscription.dialog.route_set == ()


@pytest.mark.req("R4662-5.2-9")
@pytest.mark.req("R6665-4.2.2-1")
def test_a_refresh_without_contact_keeps_the_target(notifier: Notifier, peer: Peer) -> None:
    notifier.subscribe()
    notifier.answer()
    notifier.refresh(2, contact="")
    assert peer.request.uri == "sip:peer@10.0.0.2:5062" and len(notifier.notifies()) == 2


@pytest.mark.req("R3261-12.2.1.2-1")
def test_the_2xx_of_a_notify_moves_the_target_if_its_contact_is_one(
    network: Network, notifier: Notifier, peer: Peer
) -> None:
    subscription = notifier.subscribe()
    for contact in ("<sip:moved@10.0.0.2:5062>", "<mailto:nobody>"):
        notifier.answer(200, (("Contact", contact),))
        subscription.push_content("text/plain", b"new", network.now)
        network.run()
        assert peer.request.uri == "sip:moved@10.0.0.2:5062"


@pytest.mark.req("R6665-4.2.1.4-3")
@pytest.mark.req("R6665-4.2.2-9")
@pytest.mark.req("R6665-4.1.3-1")
def test_on_expiry_a_final_notify_says_timeout_and_a_late_refresh_is_481(
    network: Network, notifier: Notifier, peer: Peer
) -> None:
    notifier.subscribe()
    notifier.answer()
    network.run(599.5)
    assert len(notifier.agent.incoming) == 1
    network.run(1.0)
    assert notifier.states()[-1] == "terminated;reason=timeout" and notifier.agent.incoming == {}
    notifier.refresh(2)
    assert peer.statuses == [200, 481]


@pytest.mark.req("R6665-4.2.1.4-3")
def test_a_refresh_moves_the_expiry(network: Network, notifier: Notifier) -> None:
    notifier.subscribe()
    notifier.answer()
    network.run(500.0)
    notifier.refresh(2)
    notifier.answer()
    network.run(500.0)
    assert len(notifier.agent.incoming) == 1


@pytest.mark.req("R6665-4.2.1.4-4")
@pytest.mark.req("R6665-4.4.3-1")
@pytest.mark.parametrize("fetch", [False, True])
def test_expires_0_is_200_and_one_final_notify(
    network: Network, notifier: Notifier, peer: Peer, fetch: bool
) -> None:
    if fetch:
        notifier.subscribe(expires="0")
    else:
        notifier.subscribe()
        notifier.answer()
        notifier.refresh(2, expires="0")
    notifier.answer()
    network.settle()
    assert peer.responses[-1].rows("expires") == ["0"] and notifier.agent.incoming == {}
    assert [state for state in notifier.states() if "active" not in state] == ["terminated;reason=timeout"]


@pytest.mark.req("R3261-12.2.2-1")
@pytest.mark.parametrize(
    "changed", [{"call_id": "other"}, {"to": "<sip:x@y>;tag=other"}, {"from": "<sip:a@b>;tag=o"}]
)
def test_a_subscribe_in_no_dialog_of_ours_is_481(
    notifier: Notifier, peer: Peer, changed: dict[str, str]
) -> None:
    notifier.subscribe()
    notifier.refresh(2, (("Require", "unknown"),), **changed)
    assert peer.statuses == [200, 481]


@pytest.mark.req("R3261-12.2.2-2")
@pytest.mark.parametrize(("cseq", "status"), [(4, 500), (5, 500), (6, 200), (900, 200)])
def test_a_stale_cseq_is_500(notifier: Notifier, peer: Peer, cseq: int, status: int) -> None:
    notifier.subscribe(cseq="5 SUBSCRIBE")
    notifier.refresh(cseq)
    assert peer.statuses == [200, status]


@pytest.mark.req("R6665-4.5.2-1")
@pytest.mark.req("R6665-4.5.2-3")
@pytest.mark.req("R6665-4.2.1.1-6")
@pytest.mark.parametrize("event", ["dialog", "presence;id=1", "Presence"])
def test_another_subscription_in_the_dialog_is_403_and_harms_none(
    network: Network, notifier: Notifier, peer: Peer, event: str
) -> None:
    subscription = notifier.subscribe()
    notifier.refresh(2, event=event)
    assert peer.statuses == [200, 403] and subscription.state == "active"
    notifier.answer()
    notifier.refresh(3)
    assert peer.statuses == [200, 403, 200]


@pytest.mark.req("R6665-4.2.1.4-2")
def test_a_rejected_refresh_leaves_the_subscription(network: Network, notifier: Notifier, peer: Peer) -> None:
    subscription = notifier.subscribe()
    notifier.answer()
    notifier.recorder.react = None
    notifier.refresh(2, expires="5")
    subscription.reject(423, network.now, headers=(("Min-Expires", "60"),))
    network.run()
    assert peer.statuses == [200, 423] and peer.responses[-1].rows("min-expires") == ["60"]
    assert (subscription.state, subscription.expires_at) == ("active", 600.0)


@pytest.mark.parametrize(
    ("changed", "status"), [({"event": ""}, 489), ({"event": "a,b"}, 400), ({"contact": "<tel:1>"}, 400)]
)
def test_a_senseless_refresh_is_refused_and_the_next_one_served(
    notifier: Notifier, peer: Peer, changed: dict[str, str], status: int
) -> None:
    notifier.subscribe()
    notifier.answer()
    notifier.refresh(2, (), **changed)
    notifier.refresh(3)
    assert peer.statuses == [200, status, 200]


def test_a_subscribe_that_outlives_its_subscription_is_481(
    network: Network, notifier: Notifier, peer: Peer
) -> None:
    subscription = notifier.subscribe()
    notifier.recorder.react = None
    notifier.refresh(2)
    notifier.answer(481)
    subscription.accept(600, network.now)
    network.settle()
    assert peer.statuses[-1] == 481 and notifier.agent.incoming == {}


def test_a_second_subscribe_while_one_waits_is_500(network: Network, notifier: Notifier, peer: Peer) -> None:
    notifier.subscribe()
    notifier.recorder.react = None
    notifier.refresh(2)
    notifier.refresh(3)
    assert peer.statuses == [200, 500]
    assert len(notifier.recorder.of(SIPIncomingSubscriptionGotRefreshingSubscribe)) == 1


@pytest.mark.req("R3581-4-1")
def test_a_watcher_behind_a_nat_is_notified_where_it_came_from(network: Network, notifier: Notifier) -> None:
    outside = Peer(network, ("10.0.0.99", 40112))
    outside.ask(
        AGENT, "SUBSCRIBE", (("Event", "presence"),), b"",
        via="SIP/2.0/UDP 192.168.1.5:5060;rport;branch=z9hG4bKn", contact="<sip:nora@192.168.1.5:5060>",
    )  # fmt: skip
    network.run()
    assert outside.request.uri == "sip:nora@192.168.1.5:5060" and outside.statuses == [200]

"""The proxy that hands requests to the presence server and stays out of the dialog (RFC 3261 16)."""

from __future__ import annotations

import pytest

from sipworker.sip import proxy
from sipworker.sip.agent import UserAgent
from sipworker.sip.message import Request
from sipworker.sip.notifications import (
    Notification,
    SIPIncomingSubscriptionGotSubscribe,
    SIPRequestReceived,
)
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Pairs, Peer

AGENT = ("10.0.0.1", 5060)
EVENT = ("Event", "presence")


class Relay:
    """An agent that forwards every PUBLISH and SUBSCRIBE to `next_hop`."""

    def __init__(self, network: Network, next_hop: str = "sip:10.0.0.3:5060") -> None:
        self.next_hop = next_hop
        self.follows_routes = True
        self.agent: UserAgent = network.agent(AGENT, self.observe, handed_over=("PUBLISH",))

    def observe(self, notification: Notification, now: float) -> None:
        if isinstance(notification, SIPIncomingSubscriptionGotSubscribe):
            transaction = notification.sender.hand_over()
        elif isinstance(notification, SIPRequestReceived):
            transaction = notification.transaction
        else:
            return
        proxy.forward(
            self.agent,
            transaction,
            self.next_hop,
            now,
            names_us=lambda uri: "10.0.0.1" in uri,
            follows_routes=self.follows_routes,
        )


@pytest.fixture
def relay(network: Network) -> Relay:
    return Relay(network)


@pytest.fixture
def server(network: Network) -> Peer:
    """The presence server."""
    return Peer(network, ("10.0.0.3", 5060))


def relayed(network: Network, peer: Peer, server: Peer, headers: Pairs = (), **changed: str) -> Request:
    peer.ask(AGENT, "SUBSCRIBE", (EVENT, *headers), b"\xff\x00body", **changed)
    network.run()
    return server.request


@pytest.mark.req("R3261-16.3-1")
@pytest.mark.req("R3261-16.3-2")
@pytest.mark.parametrize(
    ("headers", "changed", "status", "unsupported"),
    [
        ((), {"max_forwards": "0"}, 483, []),
        ((("Proxy-Require", "sec-agree, foo"),), {}, 420, ["sec-agree", "foo"]),
        ((("Route", "<broken"),), {}, 400, []),
    ],
)
def test_what_cannot_be_forwarded_is_refused(
    network: Network,
    relay: Relay,
    peer: Peer,
    server: Peer,
    headers: Pairs,
    changed: dict[str, str],
    status: int,
    unsupported: list[str],
) -> None:
    peer.ask(AGENT, "SUBSCRIBE", (EVENT, *headers), b"", **changed)
    network.run()
    assert peer.statuses == [status] and server.requests == []
    assert peer.responses[0].values("unsupported") == unsupported


@pytest.mark.req("R3261-16.6-1")
def test_the_request_arrives_as_it_was_with_our_via_on_top(
    network: Network, relay: Relay, peer: Peer, server: Peer
) -> None:
    odd = (
        ("X-Unknown", ' "a" ;b,  c '.strip()),
        ("Accept", "text/plain"),
        ("Accept", "application/pidf+xml"),
    )
    via = peer.via("z9hG4bKclient")
    request = relayed(network, peer, server, odd, via=via, uri="sip:bob@example.net;x=1")
    assert request.uri == "sip:bob@example.net;x=1" and request.body == b"\xff\x00body"
    assert request.rows("x-unknown") == ['"a" ;b,  c'] and "record-route" not in request.headers
    assert request.rows("accept") == ["text/plain", "application/pidf+xml"]
    ours, theirs = request.rows("via")
    assert ours.startswith("SIP/2.0/UDP 10.0.0.1:5060;") and "branch=z9hG4bK" in ours
    assert "z9hG4bKclient" in theirs and "received=10.0.0.2" in theirs
    order = [name for name in request.headers if name not in ("via", "content-length")]
    assert order == [
        "max-forwards", "from", "to", "call-id", "cseq", "contact", "event", "x-unknown", "accept"
    ]  # fmt: skip


@pytest.mark.req("R3261-16.6-1")
@pytest.mark.parametrize(("given", "sent"), [("70", "69"), ("1", "0"), ("", "70")])
def test_max_forwards_goes_down_or_starts_at_70(
    network: Network, relay: Relay, peer: Peer, server: Peer, given: str, sent: str
) -> None:
    assert relayed(network, peer, server, max_forwards=given).rows("max-forwards") == [sent]


@pytest.mark.req("R3261-16.6-1")
def test_our_own_top_route_is_taken_off_and_the_next_one_followed(
    network: Network, relay: Relay, peer: Peer, server: Peer
) -> None:
    other = Peer(network, ("10.0.0.8", 5060))
    relayed_to_next_hop = relayed(network, peer, server, (("Route", "<sip:10.0.0.1;lr>"),))
    assert relayed_to_next_hop.rows("route") == []
    routes = ("Route", "<sip:10.0.0.1;lr>, <sip:10.0.0.8;lr>, <sip:p3;lr>")
    peer.ask(AGENT, "SUBSCRIBE", (EVENT, routes), b"", call_id="call-2")
    network.run()
    assert other.request.values("route") == ["<sip:10.0.0.8;lr>", "<sip:p3;lr>"]


@pytest.mark.parametrize(
    ("routes", "status"), [("<sip:10.0.0.1;lr>", 200), ("<sip:10.0.0.1;lr>, <sip:10.0.0.8;lr>", 403)]
)
def test_whom_nobody_knows_leads_a_request_nowhere(
    network: Network, relay: Relay, peer: Peer, server: Peer, routes: str, status: int
) -> None:
    other = Peer(network, ("10.0.0.8", 5060))
    relay.follows_routes = False
    peer.ask(AGENT, "PUBLISH", (("Route", routes),))
    network.run()
    for request in server.requests:
        server.answer(request, 200)
    network.run()
    assert peer.statuses == [status] and other.requests == []


@pytest.mark.req("R3261-16.6-1")
def test_an_answer_goes_back_without_our_via_and_makes_no_dialog(
    network: Network, relay: Relay, peer: Peer, server: Peer
) -> None:
    request = relayed(network, peer, server)
    server.answer(request, 100, tag="")
    server.answer(request, 202, (("Expires", "60"), ("Contact", "<sip:s@10.0.0.3>"), ("X-Odd", "1,  2")))
    network.run()
    (answer,) = peer.responses
    assert answer.status == 202 and answer.rows("x-odd") == ["1,  2"]
    assert len(answer.values("via")) == 1 and answer.via.host == "10.0.0.2"
    assert answer.rows("contact") == ["<sip:s@10.0.0.3>"] and relay.agent.incoming == {}


def test_retransmissions_are_absorbed_on_both_sides(
    network: Network, relay: Relay, peer: Peer, server: Peer
) -> None:
    via = peer.via()
    for _ in range(2):
        peer.ask(AGENT, "PUBLISH", via=via)
    network.run(0.6)
    assert len(server.requests) == 2  # ours at 0.5 s, not the client's
    server.answer(server.request, 200)
    network.run()
    peer.ask(AGENT, "PUBLISH", via=via)
    network.settle()
    assert peer.statuses == [200, 200] and len(server.requests) == 2
    assert len(relay.agent.transactions) == 0


@pytest.mark.req("R4320-4.2-1")
@pytest.mark.parametrize("answer", [None, 408])
def test_nobody_is_told_408(
    network: Network, relay: Relay, peer: Peer, server: Peer, answer: int | None
) -> None:
    request = relayed(network, peer, server)
    if answer is not None:
        server.answer(request, answer)
    network.settle()
    assert set(peer.statuses) <= {100} and len(relay.agent.transactions) == 0


@pytest.mark.req("R4320-4.2-1", "R3261-17.2.2-1")
def test_a_request_that_nobody_answers_is_not_forwarded_anew_when_it_is_sent_again(
    network: Network, relay: Relay, peer: Peer, server: Peer
) -> None:
    via = peer.via()
    peer.ask(AGENT, "PUBLISH", via=via)
    network.run(4)  # its 100 has been sent
    server.answer(server.request, 408)
    network.run()
    forwarded = len(server.requests)
    peer.ask(AGENT, "PUBLISH", via=via)
    network.settle()
    assert len(server.requests) == forwarded
    assert peer.statuses == [100] and len(relay.agent.transactions) == 0


@pytest.mark.req("R3261-16.6-1")
@pytest.mark.parametrize("next_hop", ["sip:nowhere", "sip:10.0.0.3:5060"])
def test_no_way_to_the_server_or_its_503_is_500(
    network: Network, peer: Peer, server: Peer, next_hop: str
) -> None:
    relay = Relay(network, next_hop)
    peer.ask(AGENT, "PUBLISH")
    network.run()
    for request in server.requests:
        server.answer(request, 503, (("Retry-After", "60"),))
    network.settle()
    assert peer.statuses == [500] and len(relay.agent.transactions) == 0

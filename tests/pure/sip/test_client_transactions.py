"""Non-INVITE client transactions (RFC 3261 sections 17.1.2 to 17.1.4)."""

from __future__ import annotations

import pytest

from sipworker.sip.flow import Flow
from sipworker.sip.message import Request, response
from sipworker.sip.transactions import Failure, Outcome, TransactionLayer
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Peer

AGENT = ("10.0.0.1", 5060)
BRANCH = "z9hG4bKtest"


class Client:
    """A transaction layer with one OPTIONS under way."""

    def __init__(self, network: Network, peer: Peer, transport: str = "udp", t1: float = 0.5) -> None:
        self.network = network
        self.outcomes: list[tuple[Outcome, float]] = []
        self.layer = TransactionLayer(network.wheel, network.transmit, t1)
        self.flow = Flow(transport, AGENT, peer.address)
        agent = network.agent(AGENT, lambda notification, now: None)
        agent.transactions = self.layer
        request = Request.build(
            "OPTIONS", f"sip:{peer.at}",
            [("Via", agent.via(self.flow, BRANCH)),
             ("From", "<sip:a@x>;tag=1"), ("To", "<sip:b@x>"), ("Call-ID", "c1"), ("CSeq", "1 OPTIONS"),
             ("Max-Forwards", "70")],
        )  # fmt: skip
        self.layer.send("OPTIONS", BRANCH, self.flow, request.to_bytes(), self.finished, network.now)
        network.run()

    def finished(self, outcome: Outcome, now: float) -> None:
        self.outcomes.append((outcome, round(now, 2)))


@pytest.fixture
def client(network: Network, peer: Peer) -> Client:
    return Client(network, peer)


@pytest.mark.req("R3261-17.1.2.2-1")
def test_timer_e_doubles_up_to_t2_and_timer_f_gives_up(network: Network, client: Client) -> None:
    network.settle()
    assert network.times("OPTIONS") == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert client.outcomes == [(Failure.TIMEOUT, 32.0)]
    assert len(client.layer) == 0


@pytest.mark.req("R3261-17.1.2.2-1")
@pytest.mark.parametrize(
    ("t1", "sent", "over"), [(0.25, [0, 0.3, 0.8, 1.8, 3.8, 7.8], 16.0), (2.0, [0, 2.0, 6.0, 10.0], 128.0)]
)
def test_the_expected_round_trip_decides_how_long_is_waited(
    network: Network, peer: Peer, t1: float, sent: list[float], over: float
) -> None:
    client = Client(network, peer, t1=t1)
    network.settle()
    assert network.times("OPTIONS")[: len(sent)] == sent
    assert client.outcomes == [(Failure.TIMEOUT, over)]


@pytest.mark.req("R3261-17.1.2.2-1")
def test_proceeding_retransmits_every_t2(network: Network, client: Client, peer: Peer) -> None:
    network.run(0.1)
    peer.answer(peer.request, 100, tag="")
    network.run(14.0)
    assert network.times("OPTIONS") == [0, 0.5, 4.5, 8.5, 12.5]


@pytest.mark.req("R3261-17.1.2.2-1")
def test_a_stream_is_not_retransmitted_on(network: Network, peer: Peer) -> None:
    client = Client(network, peer, "tcp")
    network.settle()
    assert network.times("OPTIONS") == [0]
    assert client.outcomes == [(Failure.TIMEOUT, 32.0)]


@pytest.mark.req("R3261-17.1.2.2-1")
def test_a_final_response_stops_the_timers_and_counts_once(
    network: Network, client: Client, peer: Peer
) -> None:
    for _ in range(3):
        peer.answer(peer.request, 404)
    network.settle()
    assert [outcome.status for outcome, _ in client.outcomes] == [404]
    assert network.times("OPTIONS") == [0]


@pytest.mark.req("R3261-17.1.3-1")
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Via", "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKother"),
        ("Via", "SIP/2.0/UDP 10.0.0.1:5060"),
        ("CSeq", "1 SUBSCRIBE"),
    ],
)
def test_a_response_with_another_branch_or_method_is_ignored(
    network: Network, client: Client, peer: Peer, header: str, value: str
) -> None:
    peer.answer(peer.request, 200, ((header, value),))
    network.run(1.0)
    assert client.outcomes == [] and len(client.layer) == 1


@pytest.mark.req("R3261-8.1.3.3-1")
def test_a_response_with_more_vias_than_the_request_is_dropped(
    network: Network, client: Client, peer: Peer
) -> None:
    ours = peer.request.rows("via")[0]
    peer.answer(peer.request, 200, (("Via", f"{ours}, SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx"),))
    network.run(0.3)
    assert client.outcomes == []
    peer.answer(peer.request, 200)
    network.run(0.1)
    assert [outcome.status for outcome, _ in client.outcomes] == [200]


@pytest.mark.req("R3261-17.1.4-1")
@pytest.mark.req("R3261-8.1.3.1-1")
def test_a_transport_error_ends_what_waits_on_its_flow_only(
    network: Network, client: Client, peer: Peer
) -> None:
    client.layer.transport_failed(client.flow.to(("10.0.0.3", 5060)), network.now)
    assert client.outcomes == []
    client.layer.transport_failed(client.flow, network.now)
    assert client.outcomes == [(Failure.TRANSPORT, 0.0)] and Failure.TRANSPORT.status == 503
    network.settle()
    assert network.times("OPTIONS") == [0] and len(client.layer) == 0


@pytest.mark.req("R3261-18.1.2-1")
@pytest.mark.parametrize("sent_by", ["10.0.0.1:5061", "10.0.0.7:5060", "agent.test"])
def test_a_response_to_somebody_else_is_dropped(
    network: Network, client: Client, peer: Peer, sent_by: str
) -> None:
    answer = response(peer.request, 200, to_tag="peer")
    peer.send(AGENT, answer.replace(b"10.0.0.1:5060", sent_by.encode(), 1))
    network.run()
    assert client.outcomes == []
    peer.send(AGENT, answer)
    network.run()
    assert len(client.outcomes) == 1

"""RFC 3263 section 4.3: what happens to a request whose server fails."""

from __future__ import annotations

import pytest

from sipworker.sip.message import Request, parse
from sipworker.sip.notifications import SIPSubscriptionDidFail
from sipworker.sip.subscription import Subscription
from tests.pure.sip.network import Network, Recorder

AGENT = ("10.0.0.1", 5060)


def subscribed(network: Network, observer: Recorder) -> None:
    network.servers["x.test.invalid"] = ["10.0.0.8", "10.0.0.9"]
    agent = network.agent(AGENT, observer)
    subscription = Subscription(
        agent, request_uri="sip:bob@x.test.invalid", from_header="<sip:a@x.test>", event="presence"
    )
    subscription.subscribe(network.now)


@pytest.mark.req("R3263-4.3-1", "R3263-4-1")
def test_retransmissions_go_to_one_server_and_then_the_next_gets_a_new_branch() -> None:
    network, observer = Network(), Recorder()
    subscribed(network, observer)
    network.run(31.9)
    assert {packet.flow.remote[0] for packet in network.sent} == {"10.0.0.8"}
    network.run(1)
    assert network.sent[-1].flow.remote[0] == "10.0.0.9"
    first, second = parse(network.sent[0].data), parse(network.sent[-1].data)
    assert isinstance(first, Request)
    assert isinstance(second, Request)
    assert (first.call_id, first.cseq, first.from_tag) == (second.call_id, second.cseq, second.from_tag)
    assert first.via.branch != second.via.branch


@pytest.mark.req("R3263-4.3-1")
def test_it_fails_when_all_servers_have() -> None:
    network, observer = Network(), Recorder()
    subscribed(network, observer)
    network.settle()
    (failure,) = observer.of(SIPSubscriptionDidFail)
    assert failure.code == 408
    assert network.now > 64

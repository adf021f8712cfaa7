"""What an agent answers by itself (rows D1 to D17 and D48 to D50 of the decision table)."""

from __future__ import annotations

import pytest

from sipworker.sip.agent import UserAgent
from tests.pure.sip.network import Network, Recorder
from tests.pure.sip.peer import Pairs, Peer

AGENT = ("10.0.0.1", 5060)
EVENT = ("Event", "presence")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def agent(network: Network, recorder: Recorder) -> UserAgent:
    return network.agent(AGENT, recorder, events=("presence", "dialog"), handed_over=("PUBLISH",))


@pytest.mark.req("R3261-12.2.2-1")
@pytest.mark.req("R6665-4.2.3-1")
@pytest.mark.req("R6665-4.1.3-2")
@pytest.mark.req("R3261-8.1.1.8-1")
@pytest.mark.parametrize(
    ("method", "headers", "changed", "status"),
    [
        ("INVITE", (), {}, 405),
        ("REGISTER", (), {}, 405),
        ("FROBNICATE", (), {}, 501),
        ("SUBSCRIBE", (EVENT,), {"uri": "tel:+15550100"}, 416),
        ("SUBSCRIBE", (EVENT,), {"to": "<sip:a@b>;tag=unknown"}, 481),
        ("SUBSCRIBE", (EVENT, ("Require", "foo")), {"to": "<sip:a@b>;tag=unknown"}, 481),
        ("SUBSCRIBE", (EVENT, ("Require", "eventlist, foo, Bar")), {}, 420),
        ("SUBSCRIBE", (), {}, 489),
        ("SUBSCRIBE", (EVENT, ("Event", "dialog")), {}, 400),
        ("SUBSCRIBE", (("Event", "presence, dialog"),), {}, 400),
        ("SUBSCRIBE", (("Event", "pres ence"),), {}, 400),
        ("SUBSCRIBE", (EVENT,), {"contact": ""}, 400),
        ("SUBSCRIBE", (EVENT,), {"contact": "<sip:a@x>, <sip:b@x>"}, 400),
        ("SUBSCRIBE", (EVENT, ("Require", '"')), {}, 400),
        ("NOTIFY", (EVENT,), {}, 481),
        ("NOTIFY", (EVENT, ("Require", "foo")), {}, 481),
        ("OPTIONS", (), {}, 200),
        ("CANCEL", (), {}, 481),
    ],
)
def test_the_answer_of_the_decision_table(
    network: Network,
    agent: UserAgent,
    recorder: Recorder,
    peer: Peer,
    method: str,
    headers: Pairs,
    changed: dict[str, str],
    status: int,
) -> None:
    peer.ask(AGENT, method, headers, b"", **changed)
    network.run()
    assert peer.statuses == [status] and recorder.told == []
    assert peer.responses[0].to.tag
    network.settle()
    assert len(agent.transactions) == 0


@pytest.mark.req("R6665-4.4.4-1")
@pytest.mark.parametrize(
    ("method", "headers", "name", "values"),
    [
        ("INVITE", (), "allow", ["SUBSCRIBE", "NOTIFY", "OPTIONS", "CANCEL", "ACK"]),
        ("SUBSCRIBE", (EVENT, ("Require", "eventlist, foo, Bar")), "unsupported", ["foo", "Bar"]),
        ("SUBSCRIBE", (), "allow-events", ["presence", "dialog"]),
        ("OPTIONS", (), "allow-events", ["presence", "dialog"]),
        ("OPTIONS", (), "supported", ["eventlist"]),
    ],
)
def test_the_header_that_goes_with_the_answer(
    network: Network,
    agent: UserAgent,
    peer: Peer,
    method: str,
    headers: Pairs,
    name: str,
    values: list[str],
) -> None:
    peer.ask(AGENT, method, headers)
    network.run()
    assert peer.responses[0].values(name) == values


@pytest.mark.req("R4662-4.1-5")
@pytest.mark.req("R6665-8.4-1")
@pytest.mark.parametrize("headers", [(EVENT,), (("o", "presence"),), (EVENT, ("Require", "EventList"))])
def test_a_good_subscribe_is_the_observers(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer, headers: Pairs
) -> None:
    peer.ask(AGENT, "SUBSCRIBE", headers)
    network.run()
    assert recorder.names() == ["SIPIncomingSubscriptionGotSubscribe"] and peer.responses == []


def test_a_subscribe_that_comes_by_two_paths_is_482(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer
) -> None:
    for _ in range(2):
        peer.ask(AGENT, "SUBSCRIBE", (EVENT,))
    network.run()
    assert peer.statuses == [482] and len(recorder.told) == 1


def test_methods_handed_over_are_the_observers(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer
) -> None:
    peer.ask(AGENT, "PUBLISH", (EVENT,))
    network.run()
    assert recorder.names() == ["SIPRequestReceived"]


def test_ack_is_never_answered(network: Network, agent: UserAgent, peer: Peer) -> None:
    peer.ask(AGENT, "ACK")
    network.settle()
    assert peer.responses == []


@pytest.mark.req("R3581-4-1")
@pytest.mark.parametrize("spoiled", [b"Call-ID: \r\n", b"Call-ID: a\r\nCall-ID: b\r\n", b""])
def test_a_broken_request_is_answered_where_it_came_from(
    network: Network, agent: UserAgent, peer: Peer, spoiled: bytes
) -> None:
    nobody = "10.0.0.66", 5060
    request = peer.ask(nobody, "OPTIONS", via="SIP/2.0/UDP 192.168.1.5:5060;rport;branch=z9hG4bKb")
    network.detach(peer.address)  # the answer has the same fault
    peer.send(AGENT, request.to_bytes().replace(b"Call-ID: call-1\r\n", spoiled))
    network.run()
    answer = network.sent[-1]
    assert answer.start_line.startswith("SIP/2.0 400 ") and answer.flow.remote == peer.address
    assert b"rport=5062" in answer.data and agent.malformed == 1


@pytest.mark.parametrize("data", [b"rubbish", b"SIP/2.0 200 OK\r\n\r\n", b"\x00" * 64 + b"x"])
def test_rubbish_is_counted_and_dropped(network: Network, agent: UserAgent, peer: Peer, data: bytes) -> None:
    peer.send(AGENT, data)
    network.settle()
    assert peer.responses == [] and agent.malformed == 1

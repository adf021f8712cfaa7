"""Non-INVITE server transactions (RFC 3261 sections 9.2, 17.2 and 18.2.2, RFC 4320)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sipworker.sip.agent import UserAgent
from sipworker.sip.notifications import Notification, SIPRequestReceived
from sipworker.sip.transactions import ServerTransaction
from tests.pure.sip.network import Network, Recorder
from tests.pure.sip.peer import Peer

AGENT = ("10.0.0.1", 5060)
VIA_2543 = "SIP/2.0/UDP 10.0.0.2:5062"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def agent(network: Network, recorder: Recorder) -> UserAgent:
    """An agent that leaves MESSAGE to its observer, who answers when the test does."""
    return network.agent(AGENT, recorder, handed_over=("MESSAGE",))


def transactions(recorder: Recorder) -> list[ServerTransaction]:
    return [notification.transaction for notification in recorder.of(SIPRequestReceived)]


def answering(agent: Callable[[], UserAgent], status: int) -> Callable[[Notification, float], None]:
    def react(notification: Notification, now: float) -> None:
        if isinstance(notification, SIPRequestReceived):
            agent().reply(notification.transaction, status, now=now)

    return react


@pytest.mark.req("R3261-17.2.2-1")
@pytest.mark.req("R3261-17.2.3-1")
@pytest.mark.parametrize("via", ["", VIA_2543, f"{VIA_2543};branch=1", f"{VIA_2543};branch=z9hG4bK"])
def test_a_retransmission_is_absorbed_and_gets_the_same_answer(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer, via: str
) -> None:
    via = via or peer.via()
    for _ in range(2):
        peer.ask(AGENT, "MESSAGE", via=via)
        network.run()
    agent.reply(transactions(recorder)[0], 202, now=network.now)
    peer.ask(AGENT, "MESSAGE", via=via)
    network.run()
    assert len(recorder.told) == 1
    answers = [packet.data for packet in network.sent if packet.start_line.startswith("SIP/2.0 202")]
    assert len(answers) == 2 and answers[0] == answers[1]


@pytest.mark.req("R3261-17.2.3-1")
@pytest.mark.parametrize("via", [VIA_2543, f"{VIA_2543};branch=z9hG4bK"])
def test_without_the_cookie_another_cseq_is_another_request(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer, via: str
) -> None:
    peer.ask(AGENT, "MESSAGE", via=via, cseq="1 MESSAGE")
    peer.ask(AGENT, "MESSAGE", via=via, cseq="2 MESSAGE")
    network.run()
    assert len(recorder.told) == 2


@pytest.mark.req("R3261-17.2.3-1")
def test_the_same_branch_from_another_sent_by_is_another_request(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer
) -> None:
    other = Peer(network, ("10.0.0.3", 5062))
    peer.ask(AGENT, "MESSAGE", via=peer.via("z9hG4bKsame"))
    other.ask(AGENT, "MESSAGE", via=other.via("z9hG4bKsame"), call_id="call-2")
    network.run()
    assert len(recorder.told) == 2


@pytest.mark.req("R3261-17.2.2-1")
def test_timer_j_keeps_the_answer_for_32_seconds_on_udp(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer
) -> None:
    peer.ask(AGENT, "MESSAGE")
    network.run()
    agent.reply(transactions(recorder)[0], 200, now=network.now)
    network.run(31.9)
    assert len(agent.transactions) == 1
    network.run(0.2)
    assert len(agent.transactions) == 0


@pytest.mark.req("R3261-17.2.2-1")
def test_timer_j_is_zero_on_a_stream(network: Network, agent: UserAgent, recorder: Recorder) -> None:
    Peer(network, ("10.0.0.4", 5062), "tcp").ask(AGENT, "MESSAGE")
    network.run()
    agent.reply(transactions(recorder)[0], 200, now=network.now)
    assert len(agent.transactions) == 0


@pytest.mark.req("R4320-4.1-1")
@pytest.mark.req("R4320-4.1-2")
def test_100_is_sent_after_three_and_a_half_seconds_and_not_before(
    network: Network, agent: UserAgent, peer: Peer
) -> None:
    via = peer.via()
    peer.ask(AGENT, "MESSAGE", via=via)
    network.run(3.4)
    peer.ask(AGENT, "MESSAGE", via=via)
    network.run()
    assert peer.responses == []
    network.run(0.2)
    assert peer.statuses == [100]
    peer.ask(AGENT, "MESSAGE", via=via)
    network.run()
    assert peer.statuses == [100, 100]


@pytest.mark.req("R4320-4.1-1")
def test_no_100_after_the_final_answer(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer
) -> None:
    peer.ask(AGENT, "MESSAGE")
    network.run()
    agent.reply(transactions(recorder)[0], 200, now=network.now)
    network.run(10.0)
    assert peer.statuses == [200]


@pytest.mark.req("R4320-4.2-1")
def test_an_abandoned_request_is_forgotten_without_an_answer(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer
) -> None:
    peer.ask(AGENT, "MESSAGE")
    network.run()
    transactions(recorder)[0].abandon(network.now)
    network.settle()
    assert peer.responses == [] and len(agent.transactions) == 0


@pytest.mark.req("R6665-4.6-1")
@pytest.mark.parametrize("via", ["SIP/2.0/UDP 10.0.0.2:5062;branch=z9hG4bKc1", VIA_2543])
def test_cancel_is_answered_and_changes_nothing(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer, via: str
) -> None:
    peer.ask(AGENT, "SUBSCRIBE", (("Event", "presence"),), via=via)
    peer.ask(AGENT, "CANCEL", via=via)
    network.run()
    assert peer.statuses == [200] and peer.responses[0].cseq.method == "CANCEL"
    assert recorder.names() == ["SIPIncomingSubscriptionGotSubscribe"]


@pytest.mark.req("R6665-4.6-1")
def test_cancel_of_nothing_is_481(network: Network, agent: UserAgent, peer: Peer) -> None:
    peer.ask(AGENT, "CANCEL")
    network.run()
    assert peer.statuses == [481]


def test_a_merged_request_is_482_while_the_first_lasts(
    network: Network, agent: UserAgent, recorder: Recorder, peer: Peer
) -> None:
    for _ in range(2):  # the same request, a branch of its own on each path
        peer.ask(AGENT, "MESSAGE")
    network.run()
    assert peer.statuses == [482] and len(recorder.told) == 1


@pytest.mark.req("R3581-4-1")
@pytest.mark.req("R3261-18.2.2-1")
@pytest.mark.req("R3261-18.2.1-2")
@pytest.mark.parametrize(
    ("sent_by", "answered_at", "received"),
    [
        ("10.0.0.2:5062", 5062, None),
        ("10.0.0.2:5099", 5099, None),
        ("10.0.0.2", 5060, None),
        ("phone.example.net:5099", 5099, "10.0.0.2"),
        ("192.168.1.9:5099;rport", 5062, "10.0.0.2"),
    ],
)
def test_the_answer_goes_to_received_and_rport_or_the_sent_by_port(
    network: Network, agent: UserAgent, peer: Peer, sent_by: str, answered_at: int, received: str | None
) -> None:
    peer.ask(AGENT, "OPTIONS", via=f"SIP/2.0/UDP {sent_by};branch=z9hG4bKr1")
    network.run()
    answer = network.sent[-1]
    assert answer.flow.remote == ("10.0.0.2", answered_at)
    assert ("received=10.0.0.2" in answer.data.decode()) is (received is not None)
    assert ("rport=5062" in answer.data.decode()) is ("rport" in sent_by)


@pytest.mark.req("R3261-18.2.2-1")
def test_on_a_stream_the_answer_goes_back_on_its_connection(network: Network, agent: UserAgent) -> None:
    peer = Peer(network, ("10.0.0.4", 40001), "tcp")
    peer.ask(AGENT, "OPTIONS", via="SIP/2.0/TCP 10.0.0.4:5060;branch=z9hG4bKs1")
    network.run()
    assert peer.statuses == [200]

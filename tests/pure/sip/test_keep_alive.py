"""Keep-alives in datagrams (RFC 5626 section 5.4)."""

from __future__ import annotations

import pytest

from sipworker.sip.flow import Flow
from sipworker.sip.keep_alive import answer_to_keep_alive
from tests.pure.sip.notifier import AGENT, Notifier

TRANSACTION = bytes(range(1, 13))
BINDING = b"\0\x01\0\0\x21\x12\xa4\x42" + TRANSACTION
# RFC 5769 section 2.2 has this address under its transaction id.
RFC5769_ID = bytes.fromhex("b7e7a701bc34d686fa87dfae")


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\r\n\r\n", b"\0\0\0\0"])
def test_line_breaks_are_taken_in_silence(data: bytes) -> None:
    assert answer_to_keep_alive(data, ("192.0.2.1", 5060)) == b""


@pytest.mark.req("R5626-5.4-2")
@pytest.mark.parametrize(
    ("source", "attribute"),
    [
        (("192.0.2.1", 32853), "002000080001a147e112a643"),
        (
            ("2001:db8:1234:5678:11:2233:4455:6677", 32853),
            "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
        ),
    ],
)
def test_stun_says_where_it_came_from(source: tuple[str, int], attribute: str) -> None:
    request = b"\0\x01\0\0\x21\x12\xa4\x42" + RFC5769_ID
    expected = bytes.fromhex(attribute)
    head = b"\x01\x01" + len(expected).to_bytes(2, "big") + request[4:]
    assert answer_to_keep_alive(request, source) == head + expected


@pytest.mark.parametrize(
    "data",
    [BINDING[:-1], BINDING + b"x", b"\0\x11" + BINDING[2:], b"NOTIFY", BINDING.replace(b"\x21", b"\x20")],
)
def test_all_else_is_no_keep_alive(data: bytes) -> None:
    assert answer_to_keep_alive(data, ("192.0.2.1", 5060)) is None


def stun_answers(notifier: Notifier, port: int = 5062, data: bytes = BINDING) -> int:
    """How often the agent answers this from that port of the peer, without a complaint."""
    network, agent = notifier.network, notifier.agent
    before = len(network.sent)
    agent.receive(data, Flow("udp", AGENT, ("10.0.0.2", port)), network.now)
    assert agent.malformed == 0
    answers = network.sent[before:]
    assert all(packet.data.startswith(b"\x01\x01") for packet in answers)
    return len(answers)


def test_the_agent_takes_line_breaks_in_silence(notifier: Notifier) -> None:
    assert stun_answers(notifier, data=b"\r\n\r\n") == 0


@pytest.mark.req("R5626-5.4-2")
def test_stun_is_answered_where_a_phone_keeps_a_flow_open(notifier: Notifier) -> None:
    assert stun_answers(notifier) == 0
    first = notifier.subscribe(call_id="first")
    second = notifier.subscribe(call_id="second")
    assert (stun_answers(notifier), stun_answers(notifier, port=5063)) == (1, 0)
    first.drop(0.0)
    assert stun_answers(notifier) == 1
    second.drop(0.0)
    assert stun_answers(notifier) == 0


@pytest.mark.req("R5626-5.4-2")
def test_the_flow_that_is_kept_open_moves_with_the_phone(notifier: Notifier) -> None:
    notifier.subscribe()
    notifier.refresh(2, contact="<sip:peer@10.0.0.2:5063>")
    assert (stun_answers(notifier), stun_answers(notifier, port=5063)) == (0, 1)


@pytest.mark.req("R5626-5.4-2")
def test_a_strangers_stun_is_answered_if_it_is_as_long_as_the_answer(notifier: Notifier) -> None:
    software = b"\x80\x22\0\x08softphon"
    assert stun_answers(notifier, data=b"\0\x01\0\x0c" + BINDING[4:] + software) == 1

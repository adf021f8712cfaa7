"""Keep-alives in datagrams (RFC 5626 section 5.4)."""

from __future__ import annotations

import pytest

from sipworker.sip.flow import Flow
from sipworker.sip.keep_alive import answer_to_keep_alive
from tests.pure.sip.network import Network, Recorder

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


@pytest.mark.req("R5626-5.4-2")
def test_the_agent_answers_stun_and_complains_of_neither() -> None:
    network = Network()
    agent = network.agent(("10.0.0.1", 5060), Recorder())
    flow = Flow("udp", ("10.0.0.1", 5060), ("10.0.0.2", 5060))
    for data in (b"\r\n\r\n", BINDING):
        agent.receive(data, flow, 0.0)
    (packet,) = network.sent
    assert packet.data.startswith(b"\x01\x01")
    assert agent.malformed == 0

"""Captured messages as other programs read them, taken apart by the layouts of their specifications."""

from __future__ import annotations

import struct

import pytest

from rls.domain.capture import Captured, hep, pcap, without_proofs

V4 = Captured(
    1_700_000_000.25, "udp", ("192.0.2.1", 5060), ("192.0.2.2", 5070), b"OPTIONS sip:a SIP/2.0\r\n\r\n"
)
V6 = Captured(1_700_000_001.5, "tcp", ("2001:db8::1", 5060), ("2001:db8::2", 5070), b"odd")


def packets(data: bytes) -> list[tuple[float, bytes]]:
    magic, major, minor, _, _, _, link = struct.unpack("<IHHiIII", data[:24])
    assert (magic, major, minor, link) == (0xA1B2C3D4, 2, 4, 101)
    found, at = [], 24
    while at < len(data):
        seconds, micros, length, whole = struct.unpack("<IIII", data[at : at + 16])
        assert length == whole
        found.append((seconds + micros / 1e6, data[at + 16 : at + 16 + length]))
        at += 16 + length
    return found


def ones_complement(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_pcap_has_an_ip_packet_for_each_message() -> None:
    (at4, four), (at6, six) = packets(pcap([V4, V6]))
    assert (at4, at6) == (V4.at, V6.at)
    assert (four[0] >> 4, six[0] >> 4) == (4, 6)
    assert ones_complement(four[:20]) == 0xFFFF
    assert struct.unpack("!HH", four[2:4] + four[20:22]) == (len(four), 5060)
    assert four[28:] == V4.data
    assert struct.unpack("!H", six[4:6])[0] == len(six) - 40
    assert ones_complement(six[8:40] + struct.pack("!II", len(six) - 40, 17) + six[40:]) == 0xFFFF


def chunks_of(packet: bytes) -> dict[int, bytes]:
    """What a HEPv3 packet holds, by the kinds of its chunks."""
    assert packet[:4] == b"HEP3"
    assert struct.unpack("!H", packet[4:6])[0] == len(packet)
    chunks, at = {}, 6
    while at < len(packet):
        vendor, kind, length = struct.unpack("!HHH", packet[at : at + 6])
        assert vendor == 0
        chunks[kind] = packet[at + 6 : at + length]
        at += length
    return chunks


@pytest.mark.parametrize("message", [V4, V6], ids=["IPv4", "IPv6"])
def test_hep_packet_says_who_sent_what_to_whom(message: Captured) -> None:
    chunks = chunks_of(hep(message, 7, "trace-1"))
    assert chunks[15] == message.data
    assert chunks[17] == b"trace-1"
    assert struct.unpack("!HH", chunks[7] + chunks[8]) == (5060, 5070)
    assert struct.unpack("!II", chunks[9] + chunks[10]) == (int(message.at), round(message.at % 1 * 1e6))
    assert ({3, 4} if message is V4 else {5, 6}) <= set(chunks)


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        (
            b'Authorization: Digest username="a", response="0f", nonce="n"',
            b'Authorization: Digest username="a", response="hidden", nonce="n"',
        ),
        (
            b"proxy-authorization :digest response=0f,uri=x",
            b'proxy-authorization :digest response="hidden",uri=x',
        ),
        (
            b'Authorization: Digest x,\r\n\tresponse = "0f',
            b'Authorization: Digest x,\r\n\tresponse = "hidden"',
        ),
        (b"Authorization: Basic YTpi", b"Authorization: hidden"),
        (b"Authorization: Bearer\r\n 0f", b"Authorization: hidden"),
        (b"Authorization 0f", b"Authorization: hidden"),
        (b'X-Authorization: response="0f"', b'X-Authorization: response="0f"'),
    ],
)
def test_proofs_are_hidden_and_all_else_is_kept(header: bytes, kept: bytes) -> None:
    frame = b"SUBSCRIBE sip:a SIP/2.0\r\n%s\r\nEvent: presence\r\n\r\nAuthorization: body"
    assert without_proofs(frame % header) == frame % kept

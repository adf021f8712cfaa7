"""SIP messages for other programs: as a pcap file, as HEPv3 packets, as text.

A pcap holds raw IP packets (link type 101). Every message is put into one UDP datagram, also
what came over TCP or TLS: what tools want to see is the message.
"""

from __future__ import annotations

import ipaddress
import re
import struct
from collections.abc import Iterable
from typing import NamedTuple

Address = tuple[str, int]
_FILE = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
_UDP = 17
_LARGEST = 65_000
"""Octets of a message that one IP packet can hold."""
_AUTHORIZATION = re.compile(
    rb"^((?:proxy-)?authorization)\b([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE
)
_IS_DIGEST = re.compile(rb"\s*:\s*digest\s", re.IGNORECASE)
_RESPONSE = re.compile(rb"""(\bresponse\s*=\s*)("[^"]*"?|[^,\s]*)""", re.IGNORECASE)
_HIDDEN = b"hidden"


class Captured(NamedTuple):
    """One message; `at` in Unix seconds."""

    at: float
    transport: str
    source: Address
    destination: Address
    data: bytes


def without_proofs(message: bytes) -> bytes:
    """The message without what proves who somebody is: a password can be guessed from that of Digest."""
    head, end, body = message.partition(b"\r\n\r\n")
    return _AUTHORIZATION.sub(_hidden, head) + end + body


def _hidden(header: re.Match[bytes]) -> bytes:
    name, value = header.groups()
    if _IS_DIGEST.match(value):
        return name + _RESPONSE.sub(rb'\1"' + _HIDDEN + b'"', value)
    return name + b": " + _HIDDEN


def pcap(messages: Iterable[Captured]) -> bytes:
    """A file for Wireshark, sngrep and the like."""
    return _FILE + b"".join(map(_record, messages))


def _record(message: Captured) -> bytes:
    packet = _ip(message.source, message.destination, message.data[:_LARGEST])
    seconds, micros = divmod(round(message.at * 1_000_000), 1_000_000)
    return struct.pack("<IIII", seconds, micros, len(packet), len(packet)) + packet


def _ip(source: Address, destination: Address, data: bytes) -> bytes:
    here, there = ipaddress.ip_address(source[0]), ipaddress.ip_address(destination[0])
    length = 8 + len(data)
    udp = struct.pack("!HHHH", source[1], destination[1], length, 0)
    if here.version == 4:
        header = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, _UDP, 0, here.packed, there.packed
        )
        return header[:10] + _checksum(header) + header[12:] + udp + data
    udp = udp[:6] + _checksum(here.packed + there.packed + struct.pack("!II", length, _UDP) + udp + data)
    return struct.pack("!IHBB", 6 << 28, length, _UDP, 64) + here.packed + there.packed + udp + data


def _checksum(data: bytes) -> bytes:
    """RFC 1071; UDP over IPv6 must have one (RFC 8200 section 8.1)."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF or 0xFFFF)


def hep(message: Captured, agent: int, correlation: str) -> bytes:
    """A HEPv3 packet for Homer; `agent` is the capture id, `correlation` ties messages together."""
    here, there = ipaddress.ip_address(message.source[0]), ipaddress.ip_address(message.destination[0])
    seconds, micros = divmod(round(message.at * 1_000_000), 1_000_000)
    version4 = here.version == 4
    chunks = (
        (1, struct.pack("!B", 2 if version4 else 10)),  # address family
        (2, struct.pack("!B", _UDP if message.transport == "udp" else 6)),
        (3 if version4 else 5, here.packed),
        (4 if version4 else 6, there.packed),
        (7, struct.pack("!H", message.source[1])),
        (8, struct.pack("!H", message.destination[1])),
        (9, struct.pack("!I", seconds)),
        (10, struct.pack("!I", micros)),
        (11, b"\x01"),  # SIP
        (12, struct.pack("!I", agent)),
        (17, correlation.encode()),
        (15, message.data),
    )
    body = b"".join(struct.pack("!HHH", 0, kind, 6 + len(value)) + value for kind, value in chunks)
    return b"HEP3" + struct.pack("!H", 6 + len(body)) + body

"""What keeps a NAT's binding open and is no message: line breaks, and STUN (RFC 5626 sections 3.5, 5.4)."""

from __future__ import annotations

import ipaddress
import struct
from collections import Counter

from sipworker.sip.flow import Address, Flow

_HEADER = struct.Struct("!HHI12s")
_COOKIE = 0x2112A442
_BINDING_REQUEST, _BINDING_RESPONSE = 0x0001, 0x0101
_XOR_MAPPED_ADDRESS = 0x0020


class KeptOpen:
    """The flows of datagrams by which phones get NOTIFYs, which they keep open."""

    def __init__(self) -> None:
        self._subscriptions: Counter[Flow] = Counter()

    def add(self, flow: Flow) -> None:
        """One more subscription has it."""
        if not flow.reliable:
            self._subscriptions[flow] += 1

    def remove(self, flow: Flow) -> None:
        """One less; none is had by less than none."""
        if self._subscriptions[flow] > 1:
            self._subscriptions[flow] -= 1
        else:
            del self._subscriptions[flow]

    def __contains__(self, flow: Flow) -> bool:
        return flow in self._subscriptions


def answer_to_keep_alive(data: bytes, source: Address) -> bytes | None:
    """What to send back to `source`, b"" for nothing; None if `data` is no keep-alive."""
    if not data.strip(b"\r\n\0"):
        return b""
    return _binding_response(data, source)


def _binding_response(data: bytes, source: Address) -> bytes | None:
    """The answer to a STUN Binding request (RFC 8489 section 6); its attributes are of no use here."""
    if len(data) < _HEADER.size or data[0]:
        return None
    kind, length, cookie, transaction = _HEADER.unpack_from(data)
    if (kind, length, cookie) != (_BINDING_REQUEST, len(data) - _HEADER.size, _COOKIE):
        return None
    mapped = _xor_mapped(source, transaction)
    attribute = struct.pack("!HH", _XOR_MAPPED_ADDRESS, len(mapped)) + mapped
    return _HEADER.pack(_BINDING_RESPONSE, len(attribute), _COOKIE, transaction) + attribute


def _xor_mapped(source: Address, transaction: bytes) -> bytes:
    """The address as the XOR-MAPPED-ADDRESS has it (RFC 8489 section 14.2)."""
    packed = ipaddress.ip_address(source[0].partition("%")[0]).packed
    mask = struct.pack("!I", _COOKIE) + transaction
    masked = bytes(octet ^ other for octet, other in zip(packed, mask, strict=False))
    return struct.pack("!xBH", 1 if len(packed) == 4 else 2, source[1] ^ (_COOKIE >> 16)) + masked

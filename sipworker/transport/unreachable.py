"""What ICMP says of datagrams that were sent (RFC 3261 section 18.4), from a Linux socket's error queue."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from sipworker.sip.flow import Address

_RECEIVE_ERRORS = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
"""Level and number of IP_RECVERR, which Python does not name."""
_EXTENDED_ERROR = struct.Struct("=IBBB")
"""The start of sock_extended_err: errno, origin, type and code."""
_FAILURES = {(2, 3), (2, 12), (3, 1), (3, 4)}
"""Origin and type: destination unreachable and parameter problem, of ICMP and of ICMPv6."""
_FRAGMENTATION_NEEDED = (2, 3, 4)
"""The path is narrower than thought: the kernel sends smaller pieces from now on."""


def listen_for_errors(udp: socket.socket) -> None:
    """Have the kernel keep what ICMP says; elsewhere than on Linux nothing is heard of it."""
    if hasattr(socket, "MSG_ERRQUEUE"):
        udp.setsockopt(*_RECEIVE_ERRORS[udp.family], 1)


def unreachable(udp: socket.socket) -> Iterator[Address]:
    """Whom the datagrams did not reach; empties the queue. Other errors (TTL exceeded) are ignored."""
    flag = getattr(socket, "MSG_ERRQUEUE", None)
    while flag is not None:
        try:
            _, notes, _, address = udp.recvmsg(0, 512, flag)
        except OSError:
            return
        if any(_is_failure(data) for _, _, data in notes):
            yield address[:2]


def _is_failure(data: bytes) -> bool:
    if len(data) < _EXTENDED_ERROR.size:
        return False
    _, origin, kind, code = _EXTENDED_ERROR.unpack_from(data)
    return (origin, kind) in _FAILURES and (origin, kind, code) != _FRAGMENTATION_NEEDED

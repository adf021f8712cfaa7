"""Datagrams that come faster than they are read, by the kernel's count of those it had no room for."""

from __future__ import annotations

import socket
import struct

_MEMORY = 55
"""SO_MEMINFO of Linux, which Python does not name."""
_NUMBERS = struct.Struct("=9I")
_DROPPED = 8
PAUSE = 1.0
"""Seconds without a loss that end an overflow."""


class Overflow:
    """Of a UDP socket; it is looked at when somebody asks, so ask often."""

    def __init__(self, udp: socket.socket) -> None:
        self._socket = udp
        self._lost = 0
        self._began = self._latest = float("-inf")

    @property
    def lost(self) -> int:
        """Datagrams; elsewhere than on Linux nothing is known of them."""
        try:
            memory = self._socket.getsockopt(socket.SOL_SOCKET, _MEMORY, _NUMBERS.size)
            return int(_NUMBERS.unpack(memory)[_DROPPED])
        except (OSError, struct.error):
            return 0

    def lasts(self, now: float) -> float:
        """Seconds for which datagrams have been lost again and again; 0 if they are not any more."""
        lost = self.lost
        if lost != self._lost:
            if now - self._latest > PAUSE:
                self._began = now
            self._lost, self._latest = lost, now
        return now - self._began if now - self._latest <= PAUSE else 0.0

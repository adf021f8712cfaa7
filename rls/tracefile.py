"""Recorded messages for other programs."""

from __future__ import annotations

from rls.domain.capture import Address, Captured
from rls.models import TracedMessage


def captured(message: TracedMessage) -> Captured:
    ends = _address(message.local), _address(message.remote)
    source, destination = ends if message.sent else ends[::-1]
    return Captured(message.at.timestamp(), message.transport, source, destination, bytes(message.message))


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)

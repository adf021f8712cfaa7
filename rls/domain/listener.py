"""Listening addresses, as settings write them: `udp:127.0.0.1:5060`, `tls:[::1]:5061`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

TRANSPORTS = ("udp", "tcp", "tls", "ws", "wss")
ENCRYPTED = frozenset({"tls", "wss"})
HIGHEST_PORT = 65535


class InvalidListener(ValueError):
    """The text is not a listening address; the message says why."""


@dataclass(frozen=True, slots=True)
class Listener:
    """`host` is an IP address without brackets; port 0 lets the system choose.

    One that does not listen is for opening connections only.
    """

    transport: str
    host: str
    port: int
    listens: bool = True

    @classmethod
    def parse(cls, text: str) -> Listener:
        """Raises InvalidListener."""
        transport, _, address = text.partition(":")
        if transport not in TRANSPORTS:
            known = ", ".join(TRANSPORTS)
            raise InvalidListener(f"{text!r}: the transport {transport!r} is unknown; it may be {known}")
        host, port = parse_address(address)
        return cls(transport, host, port)

    @property
    def encrypted(self) -> bool:
        """Whether it takes a certificate to listen there."""
        return self.transport in ENCRYPTED

    @property
    def loopback(self) -> bool:
        return ipaddress.ip_address(self.host).is_loopback

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport}:{host}:{self.port}"


def parse_address(text: str) -> tuple[str, int]:
    """`address:port` as (address without brackets, port); raises InvalidListener."""
    host, _, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise InvalidListener(f"{text!r}: write IPv6 addresses in brackets, [::1]:5060")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise InvalidListener(f"{text!r}: {host!r} is not an IP address") from None
    return host, _port(port, text)


def _port(port: str, text: str) -> int:
    if not (port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
        raise InvalidListener(f"{text!r}: the port {port!r} is not a number from 0 to {HIGHEST_PORT}")
    return int(port)

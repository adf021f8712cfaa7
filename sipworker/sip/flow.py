"""Where a message came from and where its answer goes."""

from __future__ import annotations

from typing import NamedTuple

Address = tuple[str, int]

DEFAULT_PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061, "ws": 80, "wss": 443}
"""Where a URI without a port leads (RFC 3261 section 19.1.2, RFC 7118 section 5.3)."""
URI_TRANSPORTS = {"udp": "", "wss": "ws"}
"""Those whose `transport` parameter is not their own name: the default one; RFC 7118 knows `ws` only."""


def host_text(host: str) -> str:
    """A host as URIs and Via headers write it: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def address_text(address: Address) -> str:
    return f"{host_text(address[0])}:{address[1]}"


def parse_address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


class Flow(NamedTuple):
    """A local socket and a remote address (RFC 5626 calls the pair a flow).

    `connection` numbers a stream connection; 0 means a datagram, or for a stream
    "any open connection to `remote`, or else a new one". `name` is the domain that the other side of such
    a connection has to prove to be (RFC 5922 section 7.2), or is asked for by (RFC 6455 Host).
    """

    transport: str
    local: Address
    remote: Address
    connection: int = 0
    name: str = ""

    @property
    def reliable(self) -> bool:
        return self.transport != "udp"

    @property
    def is_byte_stream(self) -> bool:
        """Whether only Content-Length tells where a message ends (RFC 7118 section 5: not in WebSockets)."""
        return self.transport in ("tcp", "tls")

    def to(self, remote: Address, name: str = "") -> Flow:
        return Flow(self.transport, self.local, remote, 0, name)

    def dumps(self) -> str:
        """One line for the database; the connection number means nothing after a restart."""
        return f"{self.transport} {address_text(self.local)} {address_text(self.remote)}"

    @classmethod
    def loads(cls, text: str) -> Flow:
        transport, local, remote = text.split(" ")
        return cls(transport, parse_address(local), parse_address(remote))

"""Where a message came from and where its answer goes."""

from __future__ import annotations

from typing import NamedTuple

Address = tuple[str, int]


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
    "any open connection to `remote`, or else a new one".
    """

    transport: str
    local: Address
    remote: Address
    connection: int = 0

    @property
    def reliable(self) -> bool:
        return self.transport != "udp"

    def to(self, remote: Address) -> Flow:
        return Flow(self.transport, self.local, remote)

    def dumps(self) -> str:
        """One line for the database; the connection number means nothing after a restart."""
        return f"{self.transport} {address_text(self.local)} {address_text(self.remote)}"

    @classmethod
    def loads(cls, text: str) -> Flow:
        transport, local, remote = text.split(" ")
        return cls(transport, parse_address(local), parse_address(remote))

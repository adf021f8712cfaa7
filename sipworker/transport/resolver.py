"""From a SIP URI to a flow (RFC 3263): numeric hosts at once, names by SRV and A/AAAA."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from functools import lru_cache
from typing import NamedTuple

import dns.asyncresolver
import dns.exception

from rls.domain.uri import InvalidUri, SipUri
from sipworker.sip.agent import Located
from sipworker.sip.flow import DEFAULT_PORTS, Address, Flow
from sipworker.transport.transports import Transports

SECURE = {"udp": "tls", "tcp": "tls", "ws": "wss"}
"""What a SIPS URI makes of a transport (RFC 3261 section 19.1, RFC 7118 section 5.2)."""
CACHE_SECONDS = 60.0
FAILURE_SECONDS = 5.0
CACHED = 10_000
"""Names and URIs that are remembered: watchers write them, so they must not grow without end."""


class NextHop(NamedTuple):
    """What a URI says about where to send: the key of the cache."""

    transport: str
    host: str
    port: int | None

    @property
    def default_port(self) -> int:
        return DEFAULT_PORTS.get(self.transport, 5060)

    @property
    def name(self) -> str:
        """Whom a connection has to lead to; with a datagram nobody can tell."""
        return "" if self.transport in ("udp", "tcp") else self.host

    def numeric(self) -> Address | None:
        """The address, if no look-up is needed to know it."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return None
        return self.host, self.port or self.default_port


@lru_cache(CACHED)
def next_hop(uri: str) -> tuple[NextHop, Address | None]:
    """Where a URI leads, and the address if it says so itself. Raises InvalidUri."""
    parsed = SipUri.parse(uri)
    host = parsed.param("maddr") or parsed.host
    transport = parsed.transport or "udp"
    if parsed.scheme.lower() == "sips":
        transport = SECURE.get(transport, transport)
    hop = NextHop(transport, host.strip("[]").lower(), parsed.port)
    return hop, hop.numeric()


class Resolver:
    """Locates next hops; names are looked up once for all who wait for them."""

    def __init__(self, transports: Transports) -> None:
        self._transports = transports
        self._cache: dict[NextHop, tuple[float, Address | None]] = {}
        self._waiting: dict[NextHop, list[Located]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def locate(self, uri: str, done: Located, now: float) -> None:
        """Call `done(flow or None, now)`, at once if no look-up is needed."""
        try:
            hop, address = next_hop(uri)
        except InvalidUri:
            done(None, now)
            return
        if address is None:
            expires, address = self._cache.get(hop, (0.0, None))
            if expires < time.monotonic():
                self._look_up(hop, done)
                return
        done(self._flow(hop, address), now)

    def forget(self) -> None:
        """Look every name up again."""
        self._cache.clear()

    def _flow(self, hop: NextHop, address: Address | None) -> Flow | None:
        return address and self._transports.flow_to(hop.transport, address, hop.name)

    def _look_up(self, hop: NextHop, done: Located) -> None:
        waiting = self._waiting.setdefault(hop, [])
        waiting.append(done)
        if len(waiting) == 1:
            task = asyncio.get_running_loop().create_task(self._query(hop))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _query(self, hop: NextHop) -> None:
        address = await query(hop)
        lifetime = FAILURE_SECONDS if address is None else CACHE_SECONDS
        if len(self._cache) >= CACHED:
            self._cache.clear()
        self._cache[hop] = time.monotonic() + lifetime, address
        now = asyncio.get_running_loop().time()
        for done in self._waiting.pop(hop):
            done(self._flow(hop, address), now)


async def query(hop: NextHop) -> Address | None:
    """SRV unless a port was given, then A/AAAA; None if there is no such host."""
    targets = [] if hop.port else await _srv(f"_sip._{hop.transport}.{hop.host}")
    for host, port in targets or [(hop.host, hop.port or hop.default_port)]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            continue
        return str(found[0][4][0]), port
    return None


async def _srv(name: str) -> list[tuple[str, int]]:
    try:
        answer = await dns.asyncresolver.resolve(name, "SRV", lifetime=2.0)
    except (dns.exception.DNSException, OSError):
        return []
    records = sorted(answer, key=lambda record: (record.priority, -record.weight))
    return [(str(record.target).rstrip("."), record.port) for record in records]

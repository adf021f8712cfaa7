"""The servers of a SIP domain by DNS (RFC 3263 section 4): NAPTR, SRV, A and AAAA."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, NamedTuple

import dns.asyncresolver
import dns.exception
import dns.nameserver

from sipworker.sip.flow import DEFAULT_PORTS, Address

SERVICES = {"SIP+D2U": "udp", "SIP+D2T": "tcp", "SIPS+D2T": "tls"}
SRV_NAMES = {"udp": "_sip._udp.", "tcp": "_sip._tcp.", "tls": "_sips._tcp."}
DNS_TIMEOUT = 2.0
LONGEST, SHORTEST = 3600.0, 5.0
"""Seconds that an answer is believed, whatever its TTL."""


class NextHop(NamedTuple):
    """What a URI says about where to send; transport "" if it leaves that open, `secure` for SIPS."""

    transport: str
    host: str
    port: int | None
    secure: bool = False

    @property
    def default(self) -> str:
        """The transport if nobody says anything (section 4.1)."""
        return self.transport or ("tls" if self.secure else "udp")

    def numeric(self) -> Target | None:
        """The target, if no look-up is needed to know it."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return None
        return self.target(self.host)

    def target(self, host: str) -> Target:
        return Target(self.default, (host, self.port or DEFAULT_PORTS.get(self.default, 5060)))


class Target(NamedTuple):
    """`preference` is smaller for what is to be tried first; equal ones share by `weight` (RFC 2782)."""

    transport: str
    address: Address
    preference: tuple[int, int] = (0, 0)
    weight: int = 0


def ordered(targets: Iterable[Target], chance: Callable[[], float]) -> list[Target]:
    """As they are to be tried; `chance` draws from [0, 1)."""
    drawn = [(target.preference, -(chance() ** (1 / max(target.weight, 0.1))), target) for target in targets]
    return [target for _, _, target in sorted(drawn, key=lambda entry: entry[:2])]


class Names:
    """The DNS; `servers` are addresses with or without a port, those of the system if there are none."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._servers = [_nameserver(text) for text in servers]
        self._resolver: dns.asyncresolver.Resolver | None = None

    async def records(self, name: str, kind: str) -> tuple[list[Any], float]:
        """Records and their TTL; none if there are none or nobody knows."""
        try:
            answer = await self._made().resolve(f"{name.rstrip('.')}.", kind, lifetime=DNS_TIMEOUT)
        except (dns.exception.DNSException, OSError):
            return [], LONGEST
        return list(answer), answer.rrset.ttl if answer.rrset else SHORTEST

    def _made(self) -> dns.asyncresolver.Resolver:
        if self._resolver is None:
            self._resolver = dns.asyncresolver.Resolver(configure=not self._servers)
            if self._servers:
                self._resolver.nameservers = self._servers
        return self._resolver

    async def addresses(self, host: str) -> tuple[list[str], float]:
        """By the system, which knows /etc/hosts, unless servers are named."""
        if self._servers:
            found = [await self.records(host, kind) for kind in ("A", "AAAA")]
            return [record.address for records, _ in found for record in records], min(
                ttl for _, ttl in found
            )
        try:
            rows = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            return [], LONGEST
        return list(dict.fromkeys(str(row[4][0]) for row in rows)), 60.0


def _nameserver(text: str) -> dns.nameserver.Nameserver:
    host, colon, port = text.rpartition(":")
    if (colon and "]" not in port and host.count(":") != text.count(":") - 1) or ":" not in text:
        host, port = text, "53"
    return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))


class Lookup:
    """One look-up; `spoken` are our transports. `ttl` is how long (seconds) its outcome holds."""

    def __init__(self, names: Names, spoken: Container[str]) -> None:
        self._names = names
        self._spoken = spoken
        self.ttl = LONGEST

    async def targets(self, hop: NextHop) -> list[Target]:
        """Of all servers that may be tried; none if there is no such domain."""
        if hop.port is None:
            found = await self._by_service(hop)
            if found is not None:
                return found
        return [hop.target(host) for host in await self._addresses(hop.host)]

    async def _by_service(self, hop: NextHop) -> list[Target] | None:
        """By NAPTR, else by SRV; None if the domain has neither (sections 4.1, 4.2)."""
        services = [] if hop.transport else await self._naptr(hop)
        if not services:
            kinds = [hop.transport] if hop.transport else ["tls"] if hop.secure else list(SRV_NAMES)
            services = [
                (kind, SRV_NAMES[kind] + hop.host)
                for kind in kinds
                if kind in SRV_NAMES and self._speaks(kind)
            ]
        found = [await self._srv(rank, *service) for rank, service in enumerate(services)]
        known = [targets for targets in found if targets is not None]
        return [target for targets in known for target in targets] if known else None

    def _speaks(self, transport: str) -> bool:
        return transport in self._spoken

    async def _naptr(self, hop: NextHop) -> list[tuple[str, str]]:
        records = await self._records(hop.host, "NAPTR")
        chosen = []
        for record in sorted(records, key=lambda record: (record.order, record.preference)):
            kind = SERVICES.get(record.service.decode("ascii", "replace").upper(), "")
            if record.flags.lower() == b"s" and self._speaks(kind) and (kind == "tls" or not hop.secure):
                chosen.append((kind, str(record.replacement)))
        return chosen

    async def _srv(self, rank: int, transport: str, name: str) -> list[Target] | None:
        """None if there are no such records; none at all for a service that is not offered (RFC 2782)."""
        records = await self._records(name, "SRV")
        if not records:
            return None
        targets = []
        for record in records:
            host = str(record.target).rstrip(".")
            for address in await self._addresses(host) if host else ():
                preference = rank, record.priority
                targets.append(Target(transport, (address, record.port), preference, record.weight))
        return targets

    async def _records(self, name: str, kind: str) -> list[Any]:
        return self._shorten(*await self._names.records(name, kind))

    async def _addresses(self, host: str) -> list[str]:
        return self._shorten(*await self._names.addresses(host))

    def _shorten(self, found: list[Any], ttl: float) -> list[Any]:
        self.ttl = max(SHORTEST, min(self.ttl, ttl))
        return found

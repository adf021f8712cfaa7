"""From a SIP URI to flows: numeric hosts at once, names by DNS, servers that failed last."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from functools import lru_cache

from rls.domain.listener import TRANSPORTS
from rls.domain.uri import InvalidUri, SipUri
from sipworker.sip.agent import Located
from sipworker.sip.flow import Address, Flow
from sipworker.transport.lookup import Lookup, Names, NextHop, Target, ordered
from sipworker.transport.transports import Transports

SECURE = {"udp": "tls", "tcp": "tls", "ws": "wss"}
"""What a SIPS URI makes of a transport (RFC 3261 section 19.1, RFC 7118 section 5.2)."""
FAILURE_SECONDS = 5.0
CACHED = 10_000
"""Names and URIs that are remembered: watchers write them, so they must not grow without end."""


@lru_cache(CACHED)
def next_hop(uri: str) -> tuple[NextHop, Target | None]:
    """Where a URI leads, and the target if it says so itself. Raises InvalidUri."""
    parsed = SipUri.parse(uri)
    host = (parsed.param("maddr") or parsed.host).strip("[]").lower()
    transport, secure = parsed.transport or "", parsed.scheme.lower() == "sips"
    if secure:
        transport = SECURE.get(transport, transport)
    hop = NextHop(transport, host, parsed.port, secure)
    return hop, hop.numeric()


async def targets_of(uri: str, servers: Sequence[str] = ()) -> tuple[NextHop, list[Target]]:
    """Where a URI leads, in the order to try; `servers` of the DNS. Raises InvalidUri."""
    hop, numeric = next_hop(uri)
    found = [numeric] if numeric else await Lookup(Names(servers), TRANSPORTS).targets(hop)
    return hop, ordered(found, random.random)


def flow_to(transports: Transports, hop: NextHop, target: Target) -> Flow | None:
    """The domain of the URI, not a host that DNS named, is whom a connection has to lead to (RFC 5922)."""
    name = "" if target.transport in ("udp", "tcp") else hop.host
    return transports.flow_to(target.transport, target.address, name)


class Resolver:
    """Locates next hops; names are looked up once for all who wait for them.

    `servers` of the DNS, those of the system if there are none. What is too large for UDP goes by
    TCP and, if that fails and it `falls_back`, by UDP.
    """

    def __init__(
        self, transports: Transports, servers: Sequence[str] = (), *, falls_back: bool = True
    ) -> None:
        self._transports = transports
        self._falls_back = falls_back
        self._names = Names(servers)
        self._cache: dict[NextHop, tuple[float, list[Target]]] = {}
        self._avoided: dict[tuple[str, Address], float] = {}
        self._numeric: dict[str, list[Flow]] = {}
        self._waiting: dict[NextHop, list[Located]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def locate(self, uri: str, done: Located, now: float) -> None:
        """Call `done(flows, now)`, at once if no look-up is needed; no flows if there is no way."""
        if flows := self._numeric.get(uri):
            done(flows, now)
            return
        try:
            hop, target = next_hop(uri)
        except InvalidUri:
            done((), now)
            return
        if target is not None:
            done(self._remember(uri, self._flows(hop, [target])), now)
            return
        expires, targets = self._cache.get(hop, (0.0, []))
        if expires < time.monotonic():
            self._look_up(hop, done)
        else:
            done(self._flows(hop, targets), now)

    def _remember(self, uri: str, flows: list[Flow]) -> list[Flow]:
        """Numbers lead to the same flows as long as we listen."""
        if len(self._numeric) >= CACHED:
            self._numeric.clear()
        self._numeric[uri] = flows
        return flows

    def forget(self) -> None:
        """Look every name up again."""
        self._cache = {hop: (0.0, targets) for hop, (_, targets) in self._cache.items()}
        self._avoided.clear()

    def known(self, uri: str) -> set[str]:
        """The addresses of a URI's servers as far as they were looked up. Raises InvalidUri."""
        hop, target = next_hop(uri)
        _, targets = self._cache.get(hop, (0.0, []))
        return {each.address[0] for each in (targets if target is None else [target])}

    def avoid(self, flow: Flow, seconds: float) -> None:
        """This server failed: the others come first for a while."""
        if len(self._avoided) >= CACHED:
            self._avoided.clear()
        self._avoided[flow.transport, flow.remote] = time.monotonic() + seconds

    def larger(self, flow: Flow) -> Sequence[Flow]:
        """TCP, and UDP after it (RFC 3261 section 18.1.1); at once where TCP has just failed."""
        tcp = self._transports.flow_to("tcp", flow.remote)
        if not self._falls_back:
            return (tcp,) if tcp else ()
        if tcp is None or self._avoided.get(("tcp", flow.remote), 0.0) > time.monotonic():
            return ()
        return tcp, flow

    def _flows(self, hop: NextHop, targets: list[Target]) -> list[Flow]:
        if len(targets) > 1:
            now = time.monotonic()
            targets = ordered(targets, random.random)
            targets.sort(key=lambda target: self._avoided.get(target[:2], 0.0) > now)
        return [flow for target in targets if (flow := flow_to(self._transports, hop, target)) is not None]

    def _look_up(self, hop: NextHop, done: Located) -> None:
        waiting = self._waiting.setdefault(hop, [])
        waiting.append(done)
        if len(waiting) == 1:
            task = asyncio.get_running_loop().create_task(self._query(hop))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _query(self, hop: NextHop) -> None:
        lookup = Lookup(self._names, {flow.transport for flow in self._transports.flows})
        targets = await lookup.targets(hop)
        lifetime = lookup.ttl if targets else FAILURE_SECONDS
        if len(self._cache) >= CACHED:
            self._cache.clear()
        self._cache[hop] = time.monotonic() + lifetime, targets
        now = asyncio.get_running_loop().time()
        for done in self._waiting.pop(hop):
            done(self._flows(hop, targets), now)

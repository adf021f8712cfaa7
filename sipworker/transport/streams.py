"""TCP, TLS and WebSockets: connections that are reused in both directions (RFC 3261 section 18)."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable

from sipworker.sip.flow import Address, Flow
from sipworker.transport.certificates import Tls
from sipworker.transport.connection import Connection, StreamConnection
from sipworker.transport.entrance import Crowds, Entrance
from sipworker.transport.identity import proves
from sipworker.transport.udp import Failed, Receive

log = logging.getLogger("rls.transport")

CONNECT_TIMEOUT = 5.0
"""Seconds. A phone behind a NAT never answers; its NOTIFY must not wait for Timer F."""
HANDSHAKE_TIMEOUT = 10.0
"""Seconds for the TLS handshake of a client."""

Astray = Callable[[Flow, bytes], None]
Peer = tuple[Address, str]
"""Whom a connection leads to: with TLS an address is not enough (RFC 5923 section 8.2)."""


class StreamListener:
    """A listening socket and all connections, accepted or opened, that belong to it.

    One that does not listen only opens connections. `tls` encrypts them. `astray` gets answers whose
    connection has gone. `crowds` says who may connect.
    """

    def __init__(
        self,
        transport: str,
        address: Address,
        receive: Receive,
        failed: Failed,
        *,
        listens: bool = True,
        tls: Tls | None = None,
        kind: type[Connection] = StreamConnection,
        astray: Astray = lambda flow, answer: None,
        crowds: Crowds | None = None,
    ) -> None:
        self.transport = transport
        self.local = address
        self.receive = receive
        self._listens = listens
        self._failed = failed
        self._tls = tls
        self._kind = kind
        self._astray = astray
        self._crowds = crowds or Crowds()
        self._numbers = itertools.count(1)
        self._connections: dict[int, Connection] = {}
        self._by_peer: dict[Peer, Connection] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        if not self._listens:
            return
        self._server = await asyncio.get_running_loop().create_server(
            lambda: self._kind(self, next(self._numbers)),
            sock=Entrance(self.local, self._crowds),
            ssl=self._tls.server if self._tls else None,
            ssl_handshake_timeout=HANDSHAKE_TIMEOUT if self._tls else None,
        )
        self.local = self._server.sockets[0].getsockname()[:2]

    # -- what connections tell

    def opened(self, connection: Connection) -> bool:
        """Whether its other side is whom we wanted (RFC 5922 section 7.2)."""
        if self._tls is not None and connection.name and not proves(connection.name, connection.identities):
            log.warning(
                "the certificate is somebody else's",
                extra={"wanted": connection.name, "names": sorted(connection.identities)[:10]},
            )
            return False
        self._connections[connection.number] = connection
        for peer in self._peers_of(connection):
            self._by_peer[peer] = connection
        return True

    def _peers_of(self, connection: Connection) -> set[Peer]:
        """With TLS a client that proved nothing is reached by its own connection only."""
        names = set(connection.identities) if self._tls else {""}
        if connection.name:
            names.add(connection.name)
        return {(connection.remote, name) for name in names}

    def lost(self, connection: Connection) -> None:
        self._connections.pop(connection.number, None)
        for peer in self._peers_of(connection):
            if self._by_peer.get(peer) is connection:
                del self._by_peer[peer]
        for flow in {connection.flow, *connection.flows}:
            self._failed(flow)

    # -- out

    def send(self, flow: Flow, data: bytes) -> None:
        """On the connection of the flow, else on one to the same peer, else on a new one."""
        connection = self._connections.get(flow.connection) or self._by_peer.get((flow.remote, flow.name))
        if connection is None:
            if flow.connection and data.startswith(b"SIP/2.0 "):
                self._astray(flow, data)
                return
            if not self._may_open(flow):
                self._failed(flow)
                return
            connection = self._open(flow)
        if not flow.connection:
            connection.flows.add(flow)
        connection.send(data)

    def _may_open(self, flow: Flow) -> bool:
        """Whom we cannot verify has to come to us, as phones and browsers do."""
        return bool(flow.name) or self.transport == "tcp"

    def _open(self, flow: Flow) -> Connection:
        connection = self._kind(self, next(self._numbers), flow)
        self._by_peer[flow.remote, flow.name] = connection
        task = asyncio.get_running_loop().create_task(self._connect(connection, flow))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return connection

    async def _connect(self, connection: Connection, flow: Flow) -> None:
        loop = asyncio.get_running_loop()
        tls = self._tls.client if self._tls else None
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await loop.create_connection(
                    lambda: connection, *flow.remote, ssl=tls, server_hostname=flow.name if tls else None
                )
        except (OSError, TimeoutError) as error:
            log.info("no connection", extra={"to": flow.dumps(), "why": str(error) or "time is over"})
            self.lost(connection)

    def keep_alive(self) -> None:
        for connection in list(self._connections.values()):
            connection.keep_alive()

    def look(self) -> None:
        """Often enough: those who complete nothing are found so."""
        for connection in list(self._connections.values()):
            connection.look()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._opening:
            task.cancel()
        for connection in list(self._connections.values()):
            connection.close()

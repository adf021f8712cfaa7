"""All listeners of a worker behind one send()."""

from __future__ import annotations

from collections.abc import Sequence

from rls.domain.listener import Listener as ListenAddress
from sipworker.sip.flow import Address, Flow
from sipworker.transport.tcp import TcpListener
from sipworker.transport.udp import Failed, Receive, UdpListener

Listener = UdpListener | TcpListener
KINDS: dict[str, type[UdpListener] | type[TcpListener]] = {"udp": UdpListener, "tcp": TcpListener}


class Transports:
    """`receive(data, flow)` for each message, `failed(flow)` when a flow cannot be used."""

    def __init__(self, listen: Sequence[ListenAddress], receive: Receive, failed: Failed) -> None:
        self._listen = listen
        self._receive = receive
        self._failed = failed
        self._listeners: dict[tuple[str, Address], Listener] = {}
        self.flows: list[Flow] = []
        """One per listener, with no remote address."""

    async def start(self) -> None:
        """Open all sockets. Raises OSError that names the address."""
        for address in self._listen:
            kind = KINDS[address.transport]
            try:
                listener: Listener = kind((address.host, address.port), self._receive, self._failed)
                await listener.start()
            except OSError as error:
                await self.close()
                raise OSError(f"{address}: {error.strerror}") from error
            self._listeners[address.transport, listener.local] = listener
            self.flows.append(Flow(address.transport, listener.local, ("", 0)))

    def flow_to(self, transport: str, remote: Address) -> Flow | None:
        """A flow from a listener of that transport and address family."""
        for flow in self.flows:
            if flow.transport == transport and (":" in flow.local[0]) == (":" in remote[0]):
                return flow.to(remote)
        return None

    def send(self, flow: Flow, data: bytes) -> None:
        listener = self._listeners.get((flow.transport, flow.local))
        if listener is None:
            # The listener is gone since the flow was stored: any of the same kind serves.
            other = self.flow_to(flow.transport, flow.remote)
            if other is None:
                self._failed(flow)
                return
            listener = self._listeners[other.transport, other.local]
        listener.send(flow, data)

    async def close(self) -> None:
        for listener in self._listeners.values():
            await listener.close()
        self._listeners.clear()
        self.flows.clear()

"""Where we say that we are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rls.domain.uri import InvalidUri, SipUri
from sipworker.engine.options import WorkerOptions
from sipworker.sip.flow import DEFAULT_PORTS, Flow, address_text


class OwnAddresses:
    """RLS_SERVER_ADDRESS if it is set, else those of the sockets; `flows()` has one for each socket."""

    def __init__(self, options: WorkerOptions, flows: Callable[[], Iterable[Flow]]) -> None:
        self._outside = SipUri.parse(options.server_address) if options.server_address else None
        self._flows = flows
        self.host = f"worker{options.worker}.rls.invalid" if self._outside is None else self._outside.host
        """The host part of Content-IDs."""

    def advertised(self, flow: Flow) -> str:
        """What Via and Contact say; the port in RLS_SERVER_ADDRESS is that of UDP and TCP."""
        outside = self._outside
        if outside is None:
            return address_text(flow.local)
        port = outside.port if flow.transport in ("udp", "tcp") else None
        return f"{outside.host}:{port or flow.local[1]}"

    def names_us(self, uri: str) -> bool:
        """Whether a Route value leads to one of our sockets."""
        try:
            parsed = SipUri.parse(uri)
        except InvalidUri:
            return False
        port = parsed.port or DEFAULT_PORTS.get(parsed.transport or "udp", 5060)
        address = f"{parsed.host}:{port}".lower()
        return any(self.advertised(flow).lower() == address for flow in self._flows())

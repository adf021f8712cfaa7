"""What the user asked the watchlist for."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from rls.domain.listener import TRANSPORTS, Listener
from rls.domain.packages import package
from rls.domain.uri import InvalidUri, SipUri
from sipworker.sip.flow import address_text

LIST_TYPES = ("multipart/related", "application/rlmi+xml")


class BadOption(ValueError):
    """An option that makes no sense; the text says what it should be."""


@dataclass(frozen=True, slots=True)
class Options:
    """`server` is the SIP URI of the first hop, `expires` and `seconds` are seconds.

    `authorities` is a PEM file of whom to trust with TLS, "" for those of the system.
    """

    list_uri: str
    watcher: str
    server: str
    event: str = "presence"
    expires: int = 3600
    username: str = ""
    password: str = ""
    once: bool = False
    seconds: float | None = None
    authorities: str = ""
    dns: tuple[str, ...] = ()

    @property
    def credentials(self) -> tuple[str, str] | None:
        return (self.username, self.password) if self.password else None

    @property
    def accept(self) -> str:
        """The Accept value: lists, and what a contact's state may be written in."""
        return ", ".join((*LIST_TYPES, *package(self.event).accept))


def sip_uri(text: str, what: str) -> SipUri:
    """`alice@example.test` counts as `sip:alice@example.test`. Raises BadOption."""
    try:
        return SipUri.parse(text if text.lower().startswith(("sip:", "sips:")) else f"sip:{text}")
    except InvalidUri as error:
        raise BadOption(f"{what} {text!r} is not a SIP URI ({error})") from error


def server_uri(text: str, transport: str | None) -> str:
    """`host`, `host:port` or a SIP URI → the first hop's URI. Raises BadOption."""
    uri = sip_uri(text, "--server")
    chosen = transport or uri.transport or ("tls" if uri.scheme == "sips" else "udp")
    if chosen not in TRANSPORTS:
        raise BadOption(f"the transport {chosen!r} is not available; use one of {', '.join(TRANSPORTS)}")
    host = uri.host if uri.port is None else f"{uri.host}:{uri.port}"
    return f"sip:{host};transport={chosen}"


def own_server(listeners: Sequence[str], transport: str | None) -> str:
    """The first of RLS_SIP_LISTEN, or the first with that transport. Raises BadOption."""
    for listener in map(Listener.parse, listeners):
        if transport in (None, listener.transport):
            return server_uri(address_text((_reachable(listener.host), listener.port)), listener.transport)
    raise BadOption(f"RLS_SIP_LISTEN has no {transport} address; name one with --server")


def _reachable(host: str) -> str:
    address = ipaddress.ip_address(host)
    if not address.is_unspecified:
        return host
    return "::1" if address.version == 6 else "127.0.0.1"

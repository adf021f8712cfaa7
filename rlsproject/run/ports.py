"""Whether the addresses we are to listen on are free, before anything is started."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from rls.domain.listener import Listener

REASONS = {
    errno.EADDRINUSE: "another program uses it",
    errno.EACCES: "ports below 1024 take root",
    errno.EADDRNOTAVAIL: "this machine does not have the address",
}


def obstacles(listeners: Iterable[tuple[str, Listener]]) -> list[str]:
    """One sentence for each (name of the setting, listener) that cannot be opened."""
    return [sentence for name, listener in listeners if (sentence := _obstacle(name, listener))]


def _obstacle(name: str, listener: Listener) -> str:
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    kind = socket.SOCK_DGRAM if listener.transport == "udp" else socket.SOCK_STREAM
    with socket.socket(family, kind) as candidate:
        if kind == socket.SOCK_STREAM:
            # Else connections of a server that just stopped would look like a running one.
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((listener.host, listener.port))
        except OSError as error:
            reason = REASONS.get(error.errno or 0, error.strerror)
            return f"{listener} cannot be opened: {reason}. Free it, or choose another with {name}=…"
    return ""

"""Ports for servers of tests, which other processes of this and other test runs leave alone."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

from tests.live.rig.wire import family_of

FIRST, LAST = 10_000, 25_000
"""Below those that the system hands out: no client takes one before its server starts, or starts again."""
_KINDS = (socket.SOCK_DGRAM, socket.SOCK_STREAM)
_given: set[int] = set()
_claims = os.open(
    Path(tempfile.gettempdir()) / f"rls-test-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT, 0o600
)
"""Who locks a byte of it has the port of that number, until its end."""


def free_port() -> int:
    """A port that is free for UDP and TCP, IPv4 and IPv6."""
    while True:
        port = random.SystemRandom().randrange(FIRST, LAST)
        if port not in _given and _claim(port):
            _given.add(port)
            if all(_is_free(host, port, kind) for host in ("127.0.0.1", "::1") for kind in _KINDS):
                return port


def _claim(port: int) -> bool:
    try:
        fcntl.lockf(_claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def _is_free(host: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(family_of(host), kind) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True

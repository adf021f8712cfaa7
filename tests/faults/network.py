"""A network of one's own, which can be taken away: nothing that is sent arrives, nobody is told."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_libc = ctypes.CDLL(None, use_errno=True)


def _enter(function: str, *arguments: int) -> None:
    if getattr(_libc, function)(*arguments):
        raise OSError(ctypes.get_errno(), function)


@contextmanager
def network() -> Iterator[None]:
    """This thread, and the processes that it starts, see a loopback interface of their own. Needs root."""
    before = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
    _enter("unshare", _NEW_NETWORK)
    try:
        set_up(True)
        yield
    finally:
        _enter("setns", before, _NEW_NETWORK)
        os.close(before)


def set_up(up: bool) -> None:
    """Whether the loopback interface carries anything."""
    subprocess.run(["ip", "link", "set", "lo", "up" if up else "down"], check=True)


def connections(pid: int, port: int) -> int:
    """Established TCP connections that a process has at its own `port`, IPv4."""
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    found = [line.split() for line in lines]
    return sum(local.endswith(f":{port:04X}") and state == "01" for _, local, _, state, *_ in found)


def datagrams_lost(port: int) -> int:
    """Those that found no room in the socket at `port`, IPv4."""
    lines = Path("/proc/net/udp").read_text().splitlines()[1:]
    found = [line.split() for line in lines]
    return sum(int(row[-1]) for row in found if row[1].endswith(f":{port:04X}"))

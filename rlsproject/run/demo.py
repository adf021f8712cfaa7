"""Where the demo's presence agent listens, and how the SIP worker gets to know it."""

from __future__ import annotations

import os
import socket

from django.conf import settings

from rlsproject.run.ports import obstacles
from sipworker.endpoint import listeners

HOST = "127.0.0.1"
PORT = 5070


def arguments_of_demo() -> list[str]:
    """Arguments of rundemo. Points RLS_PRESENCE_SERVER of the processes at the demo if nobody set it."""
    if settings.RLS_PRESENCE_SERVER:
        return []
    address = f"{HOST}:{_port()}"
    os.environ["RLS_PRESENCE_SERVER"] = f"sip:{address}"
    return ["--presence", address]


def _port() -> int:
    """The same one each time if it is free: the SIP worker goes on with its subscriptions there."""
    wanted = [("RLS_PRESENCE_SERVER", listener) for listener in listeners(HOST, PORT)]
    if not obstacles(wanted):
        return PORT
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

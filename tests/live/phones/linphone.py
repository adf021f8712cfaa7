"""Linphone (Debian's linphone-cli): its terminal client, run at a terminal of its own, and what it logs."""

from __future__ import annotations

import os
import pty
import re
from pathlib import Path

from tests.live.rig.message import Address, Message, answer
from tests.live.rig.phone import token
from tests.live.rig.ports import free_port
from tests.live.rig.processes import Process
from tests.live.rig.wire import UdpWire, address_text

CONFIGURATION = """\
[sip]
sip_port={port}
sip_tcp_port=-1
sip_tls_port=-1
guess_hostname=0
contact="Alice" <{user}>
default_proxy=0
{lists}
[proxy_0]
reg_proxy=<sip:{proxy}>
reg_identity={user}
reg_sendregister=1
publish=0
[net]
friendlist_subscription_enabled=1
{friends}"""


class Proxy:
    """Registers Linphone, without which it subscribes to nothing, and hands its other requests to `server`.

    It adds a Via and takes it off again, as a stateless proxy does (RFC 3261 section 16.11).
    """

    def __init__(self, server: Address) -> None:
        self._server = server
        self._client: Address = server
        self.wire = UdpWire()
        self._via = f"Via: SIP/2.0/UDP {address_text(self.wire.local)};branch=z9hG4bKproxy".encode()
        self.wire.start(self._receive)

    def _receive(self, message: Message) -> None:
        data = message.data
        if message.status:
            first, own, rest = data.split(b"\r\n", 2)
            assert own.startswith(b"Via: ")
            self.wire.send(first + b"\r\n" + rest, self._client)
        elif data.startswith(b"REGISTER"):
            contacts = [f"Contact: {value};expires=3600" for value in message.rows("Contact")]
            self.wire.send(answer(message, 200, *contacts, tag=token()), message.source)
        elif data.strip():
            self._client = message.source
            first, rest = data.split(b"\r\n", 1)
            found = re.search(rb"branch=z9hG4bK([^;\r]*)", rest)
            assert found
            self.wire.send(b"\r\n".join((first, self._via + found[1], rest)), self._server)

    def stop(self) -> None:
        self.wire.close()


def configuration(user: str, proxy: Address, list_uri: str, factory: str, friends: tuple[str, ...]) -> str:
    """Subscribes to the list `list_uri`, or with `factory` to the list of the `friends` (RFC 5367)."""
    lists = [f"bodyless_lists={list_uri}" if list_uri else "", f"rls_uri={factory}" if factory else ""]
    rows = (
        f"[friend_{number}]\nurl=<{friend}>\npol=accept\nsubscribe=1\n"
        for number, friend in enumerate(friends)
    )
    return CONFIGURATION.format(
        port=free_port(),
        user=user,
        proxy=address_text(proxy),
        lists="\n".join(lists),
        friends="".join(rows),
    )


class Linphone:
    """Runs with that configuration."""

    def __init__(self, folder: Path, configuration: str) -> None:
        (folder / ".local/share/linphone").mkdir(parents=True)
        file = folder / "linphonerc"
        file.write_text(configuration)
        self._log = folder / "messages"
        command = ("linphonec", "-c", str(file), "-d", "6", "-l", str(self._log))
        environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "TERM": "dumb"}
        self._terminal, far_end = pty.openpty()
        self._process = Process(command, environment, folder / "terminal", far_end)
        self._process.start()
        os.close(far_end)

    def log(self) -> str:
        """All that it logged, its SIP messages among it."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def said(self) -> str:
        """What it wrote for its user."""
        return self._process.output()

    def stop(self) -> None:
        self._process.stop()
        os.close(self._terminal)

"""baresip (Debian's baresip-core): a phone that watches single contacts, and knows no lists."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.live.rig.message import Address
from tests.live.rig.processes import Process
from tests.live.rig.wire import address_text

CONFIGURATION = """\
sip_listen 127.0.0.1:0
module_path /usr/lib/baresip/modules
module stdio.so
module_app account.so
module_app contact.so
module_app presence.so
module_app menu.so
"""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Baresip:
    """Watches `contacts` through `server`. It writes its SIP messages down."""

    def __init__(self, folder: Path, user: str, server: Address, contacts: tuple[str, ...]) -> None:
        folder.mkdir()
        (folder / "config").write_text(CONFIGURATION)
        (folder / "accounts").write_text(f'<{user}>;regint=0;outbound="sip:{address_text(server)}"\n')
        (folder / "contacts").write_text("".join(f'"" <{uri}>;presence=p2p\n' for uri in contacts))
        command = ("baresip", "-f", str(folder), "-s")
        environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
        self._process = Process(command, environment, folder / "output")
        self._process.start()

    def said(self) -> str:
        """What it sent, got and wrote for its user."""
        return _COLOURS.sub("", self._process.output())

    def stop(self) -> None:
        self._process.stop()

"""Kamailio (Debian's package) in the foreground, with a folder and a port of its own."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from tests.live.rig.message import Address, Message, text
from tests.live.rig.ports import free_port
from tests.live.rig.processes import Process
from tests.live.rig.waiting import eventually

_DUMPED = re.compile(rb"^tag: (snd|rcv)$.*?^~{20,}\n(.*?)^\|{20,}$", re.MULTILINE | re.DOTALL)


class Kamailio:
    """A presence server. `sent()` is every message that left it, byte for byte."""

    configuration = "kamailio.cfg"

    def __init__(self, folder: Path, template: Path | None = None, **words: str) -> None:
        """`words` of the template are filled in, beside RUN and PORT."""
        self.folder = folder
        self.address: Address = ("127.0.0.1", free_port())
        configuration = folder / "kamailio.cfg"
        filled = (template or Path(__file__).with_name(self.configuration)).read_text()
        for word, value in {**words, "RUN": str(folder), "PORT": str(self.address[1])}.items():
            filled = re.sub(rf"(?<![A-Z_]){word}(?![A-Z_])", value, filled)
        configuration.write_text(filled)
        command = ["kamailio", "-f", str(configuration), "-DD", "-E", "-m", "32", "-M", "8"]
        command += ["-P", str(folder / "pid"), "-w", str(folder), "-Y", str(folder)]
        self._process = Process(command, {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, folder / "log")

    def start(self) -> None:
        self._process.start()
        self._process.wait_until(self._answers)

    def stop(self) -> None:
        self._process.stop()

    def _answers(self) -> bool:
        """Whether it reacts to a request."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            try:
                probe.connect(self.address)
                probe.send(_options(*probe.getsockname()))
                return bool(probe.recv(2000))
            except OSError:
                return False

    def sent(self, call_id: str = "") -> list[Message]:
        """In the order of sending."""
        dumped = b"".join(path.read_bytes() for path in sorted(self.folder.glob("*.data")))
        messages = [
            Message(data, 0.0, self.address) for kind, data in _DUMPED.findall(dumped) if kind == b"snd"
        ]
        return [message for message in messages if call_id in ("", message["Call-ID"])]

    def last_notify(self, call_id: str, body: bytes, state: str = "") -> Message:
        """The NOTIFY of a dialog that says `body` somewhere, and whose subscription is in that state."""
        return eventually(
            lambda: [
                message
                for message in self.sent(call_id)
                if message.start_line.startswith("NOTIFY")
                and body in message.body
                and message["Subscription-State"].startswith(state)
            ],
            "NOTIFY of Kamailio",
        )[-1]


def _options(host: str, port: int) -> bytes:
    return text(
        "OPTIONS sip:127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKprobe",
        "From: <sip:probe@127.0.0.1>;tag=probe",
        "To: <sip:127.0.0.1>",
        "Call-ID: probe",
        "CSeq: 1 OPTIONS",
        "Max-Forwards: 70",
    )

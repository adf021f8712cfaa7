"""New keys within a TLS connection: TLS 1.3 changes them, by TLS 1.2 nobody makes us negotiate again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.rig.list_server import ListServer
from tests.live.rig.secure import Authority
from tests.live.rig.waiting import LIMIT, eventually
from tests.live.rig.wire import address_text

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="sudo apt install openssl")
OPTIONS = (
    "OPTIONS sip:rls@x.test SIP/2.0\nVia: SIP/2.0/TLS 192.0.2.9;branch=z9hG4bK{0}\n"
    "From: <sip:a@x.test>;tag=1\nTo: <sip:rls@x.test>\nCall-ID: {0}\n"
    "CSeq: 1 OPTIONS\nMax-Forwards: 70\nContent-Length: 0\n\n"
)


class Client:
    """`openssl s_client`, which takes a line R or K as a command."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    def type(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def sees(self, text: str) -> None:
        eventually(lambda: text in self._log.read_text(errors="replace"), text)

    def asks(self, call_id: str) -> None:
        """And is answered."""
        self.type(OPTIONS.format(call_id))
        self.sees(f"Call-ID: {call_id}\n")

    def ends(self) -> None:
        self._process.wait(LIMIT)


@contextmanager
def client(server: ListServer, authority: Authority, log: Path, version: str) -> Iterator[Client]:
    command = [
        "openssl", "s_client", "-connect", address_text(server.sip_by("tls")), "-CAfile", authority.path,
        "-verify_return_error", "-crlf", version,
    ]  # fmt: skip
    with log.open("w") as output:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, text=True)
    try:
        yield Client(process, log)
    finally:
        process.kill()
        process.communicate()


def test_keys_of_tls_1_3_are_changed_on_the_way(
    server: ListServer, authority: Authority, tmp_path: Path
) -> None:
    with client(server, authority, tmp_path / "log", "-tls1_3") as phone:
        phone.asks("before")
        phone.type("K\n")
        phone.sees("KEYUPDATE")
        phone.asks("afterwards")


def test_who_wants_to_negotiate_again_is_refused_and_others_are_served(
    server: ListServer, authority: Authority, tmp_path: Path
) -> None:
    with (
        client(server, authority, tmp_path / "other", "-tls1_2") as other,
        client(server, authority, tmp_path / "log", "-tls1_2") as phone,
    ):
        other.asks("before")
        phone.asks("first")
        phone.type("R\n")
        phone.sees("no renegotiation")
        phone.ends()
        other.asks("afterwards")

"""Certificates of an authority of our own, TLS and WebSocket connections of phones."""

from __future__ import annotations

import itertools
import ssl
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import trustme
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.live.rig.message import Address, Message
from tests.live.rig.waiting import LIMIT
from tests.live.rig.wire import Receive, TcpWire, address_text


class Authority:
    """Certifies names; what it makes is in files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self._folder = folder
        self._numbers = itertools.count(1)
        self.path = str(folder / "authority.pem")
        self._authority.cert_pem.write_to_path(self.path)

    def certify(self, *names: str) -> str:
        """A new file with key, certificate and chain; addresses are names too."""
        path = self._folder / f"{next(self._numbers)}.pem"
        self._authority.issue_cert(*names).private_key_and_cert_chain_pem.write_to_path(str(path))
        return str(path)

    def client(self, own: str = "") -> ssl.SSLContext:
        """Trusts this authority; shows the certificate of the file `own`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        self._authority.configure_trust(context)
        if own:
            context.load_cert_chain(own)
        return context

    def server(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(context)
        return context


class TlsWire(TcpWire):
    """A TLS connection; `name` is asked for, and has to be in the certificate."""

    transport = "TLS"
    _socket: ssl.SSLSocket

    def __init__(self, server: Address, context: ssl.SSLContext, name: str = "localhost") -> None:
        context.check_hostname = True
        super().__init__(server, lambda plain: context.wrap_socket(plain, server_hostname=name))

    @property
    def shown(self) -> list[str]:
        """The names in the certificate of the server."""
        certificate = self._socket.getpeercert()
        assert certificate
        return [str(entry[1]) for entry in certificate["subjectAltName"]]


class WebSocketWire:
    """Each message in a text frame, as browsers send them."""

    def __init__(self, server: Address, context: ssl.SSLContext | None = None) -> None:
        self.transport = "WSS" if context else "WS"
        self._server = server
        self._open = ExitStack()
        self._connection = self._open.enter_context(
            connect(
                f"{self.transport.lower()}://{address_text(server)}/",
                ssl=context,
                subprotocols=[Subprotocol("sip")],
                compression=None,
                open_timeout=LIMIT,
            )
        )
        self.local: Address = self._connection.local_address[:2]
        self._thread: threading.Thread | None = None

    def start(self, receive: Receive) -> None:
        self._thread = threading.Thread(target=self._run, args=(receive,), daemon=True)
        self._thread.start()

    def _run(self, receive: Receive) -> None:
        with suppress(ConnectionClosed):
            while True:
                data = self._connection.recv()
                octets = data.encode() if isinstance(data, str) else bytes(data)
                receive(Message(octets, time.monotonic(), self._server))

    def send(self, data: bytes, to: Address) -> None:
        assert to == self._server
        self._connection.send(data.decode())

    def close(self) -> None:
        self._open.close()
        if self._thread is not None:
            self._thread.join()

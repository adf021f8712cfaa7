"""Certificates of an authority of our own; connections of phones, by TLS, WebSocket or what is named."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path

import trustme
from trustme import KeyType
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import CONNECTING, Event
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from tests.live.rig.message import Address, Message
from tests.live.rig.wire import Link, Receive, TcpWire, UdpWire, Wire, address_text


class Authority:
    """Certifies names; what it makes is in files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self._folder = folder
        self._numbers = itertools.count(1)
        self.path = str(folder / "authority.pem")
        self._authority.cert_pem.write_to_path(self.path)

    def certify(self, *names: str, key: KeyType = KeyType.ECDSA) -> str:
        """A new file with key, certificate and chain; addresses are names too."""
        path = self._folder / f"{next(self._numbers)}.pem"
        self._authority.issue_cert(*names, key_type=key).private_key_and_cert_chain_pem.write_to_path(
            str(path)
        )
        return str(path)

    def client(self, own: str = "") -> ssl.SSLContext:
        """Trusts this authority; shows the certificate of the file `own`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        self._authority.configure_trust(context)
        if own:
            context.load_cert_chain(own)
        return context

    def server(self, *names: str, ask: bool = False) -> ssl.SSLContext:
        """With `ask`, clients have to show a certificate of this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(context)
        if ask:
            context.verify_mode = ssl.CERT_REQUIRED
            self._authority.configure_trust(context)
        return context


def names_shown(connection: ssl.SSLSocket) -> list[str]:
    """Those in the certificate of the other side; none if it was not asked for one."""
    certificate = connection.getpeercert() or {}
    return [str(entry[1]) for entry in certificate.get("subjectAltName", ())]


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
        return names_shown(self._socket)


class WebSocketWire:
    """Each message in a text frame, as browsers send them. Raises InvalidHandshake.

    The client of the library reads and writes by OpenSSL at the same time, and hangs now and then.
    """

    def __init__(self, server: Address, context: ssl.SSLContext | None = None) -> None:
        self.transport = "WSS" if context else "WS"
        self._server = server
        connection = socket.create_connection(server)
        if context:
            connection = context.wrap_socket(connection, server_hostname=server[0])
        self.local: Address = connection.getsockname()[:2]
        self._link = Link(connection)
        uri = parse_uri(f"{self.transport.lower()}://{address_text(server)}/")
        self._protocol = ClientProtocol(uri, subprotocols=[Subprotocol("sip")])
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._shake_hands()

    def _shake_hands(self) -> None:
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        while self._protocol.state is CONNECTING:
            self._read(self._link.read())
        if self._protocol.handshake_exc:
            self._link.close()
            raise self._protocol.handshake_exc

    def _read(self, data: bytes) -> list[Event]:
        with self._turn:
            self._protocol.receive_data(data) if data else self._protocol.receive_eof()
            self._flush()
            return self._protocol.events_received()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._link.send(data)

    def start(self, receive: Receive) -> None:
        self._thread = threading.Thread(target=self._run, args=(receive,), daemon=True)
        self._thread.start()

    def _run(self, receive: Receive) -> None:
        """Each message is one frame: that is how the server sends them."""
        with suppress(OSError):
            while data := self._link.read():
                for event in self._read(data):
                    if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY):
                        receive(Message(bytes(event.data), time.monotonic(), self._server))

    def send(self, data: bytes, to: Address) -> None:
        assert to == self._server
        with self._turn:
            self._protocol.send_text(data)
            self._flush()

    def close(self) -> None:
        self._link.shut_down()
        if self._thread is not None:
            self._thread.join()
        self._link.close()


def wire_by(kind: str, address: Address, authority: Authority) -> Wire:
    """How a phone reaches `address` by a transport: `tls`, or `tls6` for IPv6."""
    match kind.removesuffix("6"):
        case "udp":
            return UdpWire(address[0])
        case "tcp":
            return TcpWire(address)
        case "tls":
            return TlsWire(address, authority.client())
    return WebSocketWire(address, authority.client() if kind.startswith("wss") else None)

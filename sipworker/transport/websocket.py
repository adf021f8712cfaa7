"""SIP over WebSockets (RFC 7118): one SIP message per WebSocket message, subprotocol `sip`."""

from __future__ import annotations

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import CONNECTING, OPEN
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from sipworker.sip.flow import Flow, host_text
from sipworker.sip.parse import MAX_FRAME
from sipworker.transport.connection import Connection, Owner

SIP = [Subprotocol("sip")]
_MESSAGE = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class WebSocketConnection(Connection):
    """A client that offers no subprotocol `sip` gets 400 and is cut off."""

    def __init__(self, owner: Owner, number: int, target: Flow | None = None) -> None:
        super().__init__(owner, number, target)
        self._protocol: ClientProtocol | ServerProtocol
        if target is None:
            self._protocol = ServerProtocol(subprotocols=SIP, max_size=MAX_FRAME)
        else:
            uri = f"{target.transport}://{host_text(target.name)}:{target.remote[1]}/"
            self._protocol = ClientProtocol(parse_uri(uri), subprotocols=SIP, max_size=MAX_FRAME)
        self._message = bytearray()
        self._is_amid_message = False
        self._pings = 0  # since somebody was heard

    # -- handshake

    def start(self) -> None:
        if isinstance(self._protocol, ClientProtocol):
            self._protocol.send_request(self._protocol.connect())
            self._flush()

    def _shake_hands(self, event: Request | Response) -> None:
        if isinstance(self._protocol, ServerProtocol) and isinstance(event, Request):
            self._protocol.send_response(self._protocol.accept(event))
        if self._protocol.state is OPEN:
            self._flush()
            self._pings = 0
            self._is_amid_message = False
            self._ready()

    # -- in

    def data_received(self, data: bytes) -> None:
        """During the handshake line by line: frames that come with it are read when it has been answered."""
        while data and self._protocol.state is CONNECTING and self._protocol.handshake_exc is None:
            line, end, data = data.partition(b"\n")
            self._read(line + end)
        if data:
            self._read(data)

    @property
    def is_unfinished(self) -> bool:
        """The handshake, or a message."""
        return self._protocol.state is CONNECTING or self._is_amid_message

    def _read(self, data: bytes) -> None:
        self._is_amid_message = True
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
            else:
                self._shake_hands(event)
        self._flush()

    def _take(self, frame: Frame) -> None:
        self._pings = 0  # whatever it is: somebody is there
        if frame.opcode in _MESSAGE:
            self._message += frame.data
            if frame.fin:
                message, self._message = bytes(self._message), bytearray()
                self.received(message)
        self._is_amid_message = bool(self._message)

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._flush()

    # -- out

    def frame(self, message: bytes) -> bytes:
        """As text if it is UTF-8, for the sake of clients in browsers; nothing after the other's good-bye."""
        if self._protocol.state is not OPEN:
            return b""
        try:
            message.decode()
        except UnicodeDecodeError:
            self._protocol.send_binary(message)
        else:
            self._protocol.send_text(message)
        return b"".join(self._protocol.data_to_send())

    def _flush(self) -> None:
        """Send what the protocol has to say, and end what it holds for over."""
        for data in self._protocol.data_to_send():
            self.write(data)
        if self._protocol.handshake_exc is not None or self._protocol.state not in (CONNECTING, OPEN):
            super().close()

    def keep_alive(self) -> None:
        """A ping (RFC 7118 section 6), or the end for who let two go by, or two ticks without a handshake."""
        if self._pings == 2:
            self.close()
            return
        self._pings += 1
        if self._protocol.state is OPEN:
            self._protocol.send_ping(b"")
            self._flush()

    def close(self) -> None:
        if self._protocol.state is OPEN:
            self._protocol.send_close(1001)
        self._flush()
        super().close()

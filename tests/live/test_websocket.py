"""RFC 7118 beyond what every transport does: frames, subprotocol, pings."""

from __future__ import annotations

import socket
import time

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.live.conftest import Start
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.secure import Authority
from tests.live.rig.waiting import LIMIT
from tests.pure.websocket_ends import UPGRADE

SIP = [Subprotocol("sip")]
OPTIONS = (
    "OPTIONS sip:rls@x.test SIP/2.0\r\nVia: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK{}\r\n"
    "From: <sip:a@x.test>;tag=1\r\nTo: <sip:rls@x.test>\r\nCall-ID: {}\r\nCSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\n\r\n"
)


def url(server: ListServer) -> str:
    return f"ws://127.0.0.1:{server.ports['ws']}/"


def answer(connection: ClientConnection) -> Message:
    data = connection.recv(timeout=LIMIT)
    assert isinstance(data, str)
    return Message(data.encode(), time.monotonic(), ("", 0))


@pytest.mark.req("R7118-5-1")
@pytest.mark.req("R7118-5.1-1")
def test_text_and_binary_frames_need_no_content_length(server: ListServer) -> None:
    """And a message may come in several frames."""
    with connect(url(server), subprotocols=SIP, compression=None) as connection:
        assert connection.subprotocol == "sip"
        text = OPTIONS.format("text", "text")
        octets, frames = OPTIONS.format("octets", "octets"), OPTIONS.format("frames", "frames")
        for message in (text, octets.encode(), [frames[:30], frames[30:]]):
            connection.send(message)
            response = answer(connection)
            assert response.status == 200
            assert response["Via"].startswith("SIP/2.0/WS df7jal23ls0d.invalid;")


@pytest.mark.req("R7118-5-1")
@pytest.mark.parametrize("offered", [None, [Subprotocol("xmpp")]])
def test_who_does_not_speak_sip_is_refused(server: ListServer, offered: list[Subprotocol] | None) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(url(server), subprotocols=offered):
        pass
    assert refused.value.response.status_code == 400


def test_pings_are_answered(server: ListServer) -> None:
    with connect(url(server), subprotocols=SIP) as connection:
        assert connection.ping().wait(LIMIT)


def test_request_and_good_bye_in_one_segment_end_in_good_order(server: ListServer) -> None:
    """There is nobody left to answer, which is no error."""
    request = OPTIONS.format("last", "last").encode()
    masked = b"\x81\xfe" + len(request).to_bytes(2) + bytes(4) + request
    good_bye = b"\x88\x80" + bytes(4)
    with socket.create_connection(server.sip_by("ws"), timeout=LIMIT) as phone:
        phone.sendall(UPGRADE + masked + good_bye)
        received = b""
        while data := phone.recv(4096):
            received += data
    assert received.partition(b"\r\n\r\n")[2] == b"\x88\x00"


def test_who_answers_no_pings_is_let_go(start_worker: Start, authority: Authority) -> None:
    server = start_worker(RLS_TLS_CERTIFICATES=authority.certify("localhost"), RLS_WEBSOCKET_PING="1")
    with socket.create_connection(server.sip_by("ws"), timeout=LIMIT) as silent:
        silent.sendall(UPGRADE)
        received = b""
        while data := silent.recv(4096):
            received += data
    ping, pong, going_away = b"\x89\x00", b"\x8a\x80" + bytes(4), b"\x88\x02\x03\xe9"
    assert received.partition(b"\r\n\r\n")[2] == 2 * ping + going_away
    with (
        socket.create_connection(server.sip_by("ws"), timeout=LIMIT) as answering,
        answering.makefile("rb") as frames,
    ):
        answering.sendall(UPGRADE)
        while frames.readline() != b"\r\n":
            pass
        for _ in range(4):
            assert frames.read(2) == ping
            answering.sendall(pong)


@pytest.mark.req("R7118-7-1")
def test_what_a_handshake_proves_does_not_count(start_worker: Start, authority: Authority) -> None:
    server = start_worker(RLS_TLS_CERTIFICATES=authority.certify("localhost"), RLS_SIP_AUTH="digest")
    proofs = {"Cookie": "session=1", "Authorization": "Basic YWxpY2U6c2VjcmV0"}
    subscribe = OPTIONS.format("proved", "proved").replace("OPTIONS", "SUBSCRIBE").removesuffix("\r\n")
    with connect(url(server), subprotocols=SIP, additional_headers=proofs) as connection:
        connection.send(f"{subscribe}Event: presence\r\nContact: <sip:a@df7jal23ls0d.invalid>\r\n\r\n")
        response = answer(connection)
        assert response.status == 401
        assert response.rows("WWW-Authenticate")

"""Clients that hold connections and do nothing with them; who else connects does not suffer from it."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.list_server import ListServer
from tests.live.rig.secure import Authority
from tests.live.rig.waiting import LIMIT, eventually

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: sip\r\n\r\n"
)
HEAD = b"OPTIONS sip:x SIP/2.0\r\nX: "
MASK = bytes(4)
SLOW = {
    "message by TCP": ("tcp", HEAD, b"a"),
    "message by TLS": ("tls", HEAD, b"a"),
    "body": ("tcp", HEAD + b"\r\nContent-Length: 60000\r\n\r\n", b"a"),
    "WebSocket handshake": ("ws", b"GET / HTTP/1.1\r\nX: ", b"a"),
    "WebSocket frame": ("ws", UPGRADE + b"\x81\xfe\xea\x60" + MASK, b"a"),
    "WebSocket message in fragments": ("ws", UPGRADE + b"\x01\x81" + MASK + b"O", b"\x00\x81" + MASK + b"a"),
}
CROWD, PROXY = "127.0.0.2", "127.0.0.5"


def _goes_on_until_cut_off(slow: socket.socket, piece: bytes) -> bool:
    slow.settimeout(0.05)
    for _ in range(round(LIMIT / 0.05)):
        try:
            slow.sendall(piece)
            if not slow.recv(4096):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.parametrize(("kind", "begin", "piece"), SLOW.values(), ids=SLOW)
def test_who_begins_and_never_completes_is_cut_off_and_who_is_silent_is_not(
    kind: str, begin: bytes, piece: bytes,
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, authority: Authority,
) -> None:  # fmt: skip
    """After 64*T1, like a transaction. A part of a keep-alive is no message."""
    server = start_worker(RLS_T1="0.02", RLS_TLS_CERTIFICATES=authority.certify("localhost"))
    uri, phone = store_list(server, "bob"), new_phone("alice", server, kind)
    with ExitStack() as stack:
        plain = stack.enter_context(socket.create_connection(server.sip))
        plain.sendall(b"\r\n")
        slow = stack.enter_context(socket.create_connection(server.sip_by(kind)))
        if kind == "tls":
            slow = stack.enter_context(authority.client().wrap_socket(slow))
        slow.sendall(begin)
        assert phone.call(uri).subscribe(600).status == 200
        assert _goes_on_until_cut_off(slow, piece)
        plain.sendall(b"\r\n")
        plain.settimeout(LIMIT)
        assert plain.recv(16) == b"\r\n"
    assert phone.call(uri).subscribe(600).status == 200
    assert server.worker.output().count("begun and not completed") == 1


def _is_let_in(server: ListServer, source: str, stack: ExitStack, kind: str = "tcp") -> bool:
    """Whether a ping is answered; the connection stays."""
    connection = stack.enter_context(
        socket.create_connection(server.sip_by(kind), LIMIT, source_address=(source, 0))
    )
    with suppress(ConnectionError):
        connection.sendall(b"\r\n\r\n")
        return connection.recv(16) == b"\r\n"
    return False


def test_more_connections_of_one_source_than_allowed_are_refused_and_others_are_served(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, authority: Authority
) -> None:
    """Whatever they are for: those that never begin their TLS handshake count as well."""
    server = start_worker(RLS_SOURCE_CONNECTIONS="3", RLS_TLS_CERTIFICATES=authority.certify("localhost"))
    uri = store_list(server, "bob")
    with ExitStack() as crowd, socket.create_connection(server.sip_by("tls"), source_address=(CROWD, 0)):
        with socket.create_connection(server.sip, source_address=(CROWD, 0)) as leaving:
            leaving.sendall(b"\r\n\r\n")
            assert leaving.recv(16) == b"\r\n"
            assert _is_let_in(server, CROWD, crowd)
            assert [_is_let_in(server, CROWD, crowd) for _ in range(3)] == [False] * 3
            assert not _is_let_in(server, CROWD, crowd, "ws")
            for kind in ("tcp", "tls"):
                phone = new_phone("alice", server, kind)
                assert phone.call(uri).subscribe(600).status == 200
        eventually(lambda: _is_let_in(server, CROWD, crowd), "room again")
    assert server.worker.output().count("too many connections") == 1


def test_trusted_proxies_and_presence_servers_have_as_many_connections_as_they_like(
    start_worker: Start,
) -> None:
    server = start_worker(
        RLS_SOURCE_CONNECTIONS="1", RLS_TRUSTED_PROXIES=PROXY, RLS_PRESENCE_SERVER="sip:127.0.0.4"
    )
    with ExitStack() as stack:
        for source in (PROXY, "127.0.0.4"):
            assert [_is_let_in(server, source, stack) for _ in range(4)] == [True] * 4
        assert [_is_let_in(server, CROWD, stack) for _ in range(2)] == [True, False]

"""`watchlist` by TLS and WebSockets, at the list server."""

from __future__ import annotations

import pytest

from tests.live.conftest import Start
from tests.live.rig import documents
from tests.live.rig.secure import Authority
from tests.live.watchlist.running import ALICE, LIST, watchlist

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("transport", ["tls", "ws", "wss"])
async def test_it_shows_the_list(start_worker: Start, authority: Authority, transport: str) -> None:
    server = start_worker(RLS_TLS_CERTIFICATES=authority.certify("127.0.0.1"))
    document = documents.simple(LIST, ["sip:bob@example.test"])
    server.database.store_list(ALICE.removeprefix("sip:"), LIST, document)
    address = f"127.0.0.1:{server.ports[transport]}"
    shown = await watchlist(address, "--transport", transport, "--once", "--ca", authority.path)
    assert shown.code == 0, shown.err
    assert "sip:bob@example.test" in shown.out


async def test_it_sends_nothing_to_a_server_that_proves_nothing(
    start_worker: Start, authority: Authority
) -> None:
    server = start_worker(RLS_TLS_CERTIFICATES=authority.certify("other.test"))
    address = f"127.0.0.1:{server.ports['tls']}"
    shown = await watchlist(address, "--transport", "tls", "--ca", authority.path)
    assert shown.code == 1
    assert "127.0.0.1" in shown.err


async def test_a_file_of_authorities_that_is_none_is_named() -> None:
    shown = await watchlist("127.0.0.1:5061", "--transport", "tls", "--ca", "/nowhere.pem")
    assert shown.code == 1
    assert "/nowhere.pem cannot be read" in shown.err

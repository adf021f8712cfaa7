"""Requests by a connection that the other side has opened (RFC 5923)."""

from __future__ import annotations

import asyncio

import pytest

from rls.domain.listener import Listener
from sipworker.sip.flow import Flow
from sipworker.transport.certificates import Tls, TlsFiles
from sipworker.transport.transports import Transports
from tests.django.engine.clock import Clock
from tests.live.rig.secure import Authority
from tests.live.rig.waiting import LIMIT

pytestmark = pytest.mark.asyncio


@pytest.mark.req("R5923-8.2-1")
@pytest.mark.parametrize("proves", ["presence.test", "other.test", ""])
async def test_only_who_proved_its_name_is_asked_by_its_own_connection(
    authority: Authority, proves: str
) -> None:
    """Whatever `alias` in its Via says."""
    lost: asyncio.Queue[Flow] = asyncio.Queue()
    received: asyncio.Queue[bytes] = asyncio.Queue()
    files = TlsFiles([authority.certify("rls.test")], authorities=authority.path, clients="optional")
    transports = Transports(
        [Listener.parse("tls:127.0.0.1:0")],
        lambda data, flow: received.put_nowait(data),
        lost.put_nowait,
        tls=Tls(files),
    )
    await transports.start()
    context = authority.client(authority.certify(proves) if proves else "")
    reader, writer = await asyncio.open_connection(*transports.flows[0].local, ssl=context)
    writer.write(
        b"OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TLS presence.test;alias\r\nContent-Length: 0\r\n\r\n"
    )
    await asyncio.wait_for(received.get(), LIMIT)
    to_presence = transports.flows[0].to(writer.get_extra_info("sockname")[:2], "presence.test")
    transports.send(to_presence, b"SUBSCRIBE")
    if proves == "presence.test":
        assert await asyncio.wait_for(reader.read(9), LIMIT) == b"SUBSCRIBE"
    else:
        failed = {await asyncio.wait_for(lost.get(), LIMIT) for _ in range(2)}
        assert to_presence in failed  # by a connection of our own, but nobody listens there
    writer.close()
    await transports.close()


@pytest.mark.req("R3261-18-2")
async def test_idle_connections_outlast_every_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both kinds; 64*T1 after the last message they may be closed, not sooner: the clock is set forward."""
    clock = Clock(monkeypatch)
    received: asyncio.Queue[Flow] = asyncio.Queue()
    transports = Transports(
        [Listener.parse("tcp:127.0.0.1:0")],
        lambda data, flow: received.put_nowait(flow),
        lambda flow: None,
        keep_alive=5,
    )
    await transports.start()
    phone, to_us = await asyncio.open_connection(*transports.flows[0].local)
    to_us.write(b"OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n")
    from_phone = await asyncio.wait_for(received.get(), LIMIT)
    accepted: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    server = await asyncio.start_server(lambda *streams: accepted.put_nowait(streams), "127.0.0.1")
    to_server = transports.flows[0].to(server.sockets[0].getsockname())
    transports.send(to_server, b"first")
    at_server, from_server = await asyncio.wait_for(accepted.get(), LIMIT)
    for _ in range(40):
        clock.set_forward_to(clock.now() + 1)
        await asyncio.sleep(0)
    for flow in (from_phone, to_server):
        transports.send(flow, b"later")
    assert await asyncio.wait_for(phone.readexactly(5), LIMIT) == b"later"
    assert await asyncio.wait_for(at_server.readexactly(10), LIMIT) == b"firstlater"
    assert accepted.empty(), "by the same connection"
    to_us.close()
    from_server.close()
    server.close()
    await transports.close()

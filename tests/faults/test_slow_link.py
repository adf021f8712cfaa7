"""More datagrams than the link takes: the socket of the SIP worker is full for as long as that lasts."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from sipworker.sip.flow import Address, Flow
from sipworker.transport.udp import UdpListener
from tests.faults.network import network
from tests.live.rig.waiting import LIMIT

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("tc"), reason="needs root and the tc of iproute2"
)
SLOW_DOWN = ("tc", "qdisc", "add", "dev", "lo", "root", "tbf")
MANY = 30
"""Of which twice as many find room in the socket that they come to, but not in the one they are sent from."""


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    with network():
        subprocess.run([*SLOW_DOWN, "rate", "200kbit", "burst", "10kb", "latency", "60s"], check=True)
        with socket.socket(type=socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(LIMIT)
            yield peer


@pytest.fixture
def nobody(peer: socket.socket) -> Address:
    """Where no socket is."""
    with socket.socket(type=socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        address: Address = closed.getsockname()
    return address


async def _listener(failed: list[Flow]) -> UdpListener:
    listener = UdpListener(("127.0.0.1", 0), lambda data, flow: None, failed.append)
    listener._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least there is
    await listener.start()
    return listener


async def _end(listener: UdpListener) -> None:
    async with asyncio.timeout(LIMIT):
        while listener._waiting:
            await asyncio.sleep(0.01)
    await listener.close()


def _datagram(number: int) -> bytes:
    return number.to_bytes(2) + bytes(1000)


async def _send_in_two_bursts(peer: Address, nobody: Address) -> list[Flow]:
    failed: list[Flow] = []
    listener = await _listener(failed)
    for burst in range(2):
        for number in range(burst * MANY, (burst + 1) * MANY):
            if number % 10 == 0:
                listener.send(Flow("udp", listener.local, nobody), b"anybody?")
            listener.send(Flow("udp", listener.local, peer), _datagram(number))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert listener._waiting, "there was room for all"
    await _end(listener)
    return failed


def test_what_finds_no_room_in_the_socket_is_sent_in_its_order_when_there_is(
    peer: socket.socket, nobody: Address
) -> None:
    """More comes meanwhile; somebody who is not there is among those it is for."""
    failed = asyncio.run(_send_in_two_bursts(peer.getsockname(), nobody))
    assert [peer.recv(2000) for _ in range(2 * MANY)] == list(map(_datagram, range(2 * MANY)))
    assert {flow.remote for flow in failed} == {nobody}


async def _send_with_no_room_and_an_error_pending(peer: Address, nobody: Address) -> list[Flow]:
    """That of an earlier datagram, told by ICMP when one that takes all room has come after it."""
    failed: list[Flow] = []
    listener = await _listener(failed)
    udp = listener._socket
    state = select.poll()
    state.register(udp, select.POLLOUT)
    for data, to in ((bytes(6000), peer), (bytes(6000), peer), (b"anybody?", nobody), (bytes(6000), peer)):
        state.poll()
        udp.sendto(data, to)
    while state.poll() == [(udp.fileno(), select.POLLOUT)]:
        udp.sendto(bytes(6000), peer)
    listener.send(Flow("udp", listener.local, peer), b"the last")
    await asyncio.sleep(0)
    await _end(listener)
    return failed


def test_error_of_somebody_else_loses_nothing_that_finds_no_room(
    peer: socket.socket, nobody: Address
) -> None:
    failed = asyncio.run(_send_with_no_room_and_an_error_pending(peer.getsockname(), nobody))
    while peer.recv(6000) != b"the last":
        pass
    assert {flow.remote for flow in failed} == {nobody}

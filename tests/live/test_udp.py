"""What a UDP listener sends, over a real socket."""

from __future__ import annotations

import asyncio
import socket

from sipworker.sip.flow import Flow
from sipworker.transport.udp import UdpListener


async def _sent(peer: socket.socket, *remotes: tuple[str, int]) -> tuple[bytes, list[str]]:
    """What arrives of a datagram to each, one in a turn of the loop, and what could not be sent."""
    loop, complaints = asyncio.get_running_loop(), list[str]()
    loop.set_exception_handler(lambda loop, context: complaints.append(str(context["exception"])))
    listener = UdpListener(("127.0.0.1", 0), lambda data, flow: None, lambda flow: None)
    await listener.start()
    for number, remote in enumerate(remotes):
        listener.send(Flow("udp", listener.local, remote), str(number).encode())
        await asyncio.sleep(0)
    await listener.close()
    return peer.recv(100), complaints


def test_a_datagram_that_no_socket_takes_stops_no_other() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(60)
        arrived, complaints = asyncio.run(_sent(peer, ("127.0.0.1", 70_000), peer.getsockname()))
    assert (arrived, len(complaints)) == (b"1", 1)

"""Answers whose connection has gone, and datagrams that nobody takes: what the transports do about them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from rls.domain.listener import Listener
from sipworker.sip.flow import Flow
from sipworker.transport.resolver import Resolver
from sipworker.transport.stray import StrayAnswers
from sipworker.transport.transports import Transports
from tests.live.rig.waiting import LIMIT

pytestmark = pytest.mark.asyncio
ANSWER = (
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP {};branch=z9hG4bK1{}\r\nFrom: <sip:a@x.test>;tag=1\r\n"
    "To: <sip:b@x.test>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


class Agent:
    """Transports on the loopback, what came, and the flows that failed."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[Flow] = asyncio.Queue()
        self.lost: asyncio.Queue[Flow] = asyncio.Queue()
        listen = [Listener.parse(f"{kind}:127.0.0.1:0") for kind in ("udp", "tcp")]
        self.transports = Transports(
            listen, lambda data, flow: self.received.put_nowait(flow), self._failed, astray=self._take
        )
        self.stray = StrayAnswers(self.transports.send, Resolver(self.transports).locate)

    def _take(self, flow: Flow, answer: bytes) -> None:
        self.stray.take(flow, answer)

    def _failed(self, flow: Flow) -> None:
        self.lost.put_nowait(flow)
        asyncio.get_running_loop().call_soon(self.stray.failed, flow)

    def at(self, transport: str) -> Flow:
        return next(flow for flow in self.transports.flows if flow.transport == transport)

    async def gone(self) -> Flow:
        """A connection that its client closed after a request."""
        host, port = self.at("tcp").local
        _, client = await asyncio.open_connection(host, port)
        client.write(b"OPTIONS sip:b@x.test SIP/2.0\r\nContent-Length: 0\r\n\r\n")
        flow = await asyncio.wait_for(self.received.get(), LIMIT)
        client.close()
        assert await asyncio.wait_for(self.lost.get(), LIMIT) == flow
        return flow


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[Agent]:
    agent = Agent()
    await agent.transports.start()
    yield agent
    await agent.transports.close()


@asynccontextmanager
async def client() -> AsyncIterator[tuple[int, asyncio.Future[bytes]]]:
    """The port at which a client listens whose connection was cut, and what it gets."""
    got: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.set_result(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], got


@pytest.mark.req("R3261-17.2.4-1")
@pytest.mark.req("R3263-5-1")
@pytest.mark.parametrize(
    ("sent_by", "received"),
    [
        ("127.0.0.1:{}", ""),
        ("client.test:{}", ";received=127.0.0.1"),
        ("127.0.0.1:{}", ";received=127.0.0.2"),  # nobody is there
    ],
)
async def test_an_answer_finds_its_client_when_the_connection_is_gone(
    agent: Agent, sent_by: str, received: str
) -> None:
    async with client() as (port, got):
        answer = ANSWER.format(sent_by.format(port), received).encode()
        agent.transports.send(await agent.gone(), answer)
        assert await asyncio.wait_for(got, LIMIT) == answer


async def test_an_answer_that_finds_nobody_is_given_up(agent: Agent) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    flow = await agent.gone()
    agent.transports.send(flow, ANSWER.format(f"127.0.0.1:{port}", "").encode())
    for _ in range(2):  # received and sent-by
        assert (await asyncio.wait_for(agent.lost.get(), LIMIT)).remote == ("127.0.0.1", port)


def _closed_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port: int = closed.getsockname()[1]
        return port


@pytest.mark.req("R3261-18.4-1")
async def test_a_closed_port_is_told_at_once_and_only_of_whom_it_is(agent: Agent) -> None:
    dead = agent.at("udp").to(("127.0.0.1", _closed_port()))
    alive = agent.at("udp").to(agent.at("udp").local)
    for _ in range(3):
        agent.transports.send(dead, b"OPTIONS")
        agent.transports.send(alive, b"OPTIONS")  # may meet the error of the one before
        assert await asyncio.wait_for(agent.lost.get(), LIMIT) == dead
        await asyncio.wait_for(agent.received.get(), LIMIT)
    assert agent.lost.empty()

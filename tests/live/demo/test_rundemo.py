"""`manage.py rundemo`: the presence agent and the phones on real sockets."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rls import demo
from sipworker.endpoint import Endpoint, listeners
from sipworker.sip import notifications as told
from sipworker.sip.message import Request
from sipworker.sip.subscription import Subscription
from tests.live.rig.ports import free_port
from tests.live.rig.waiting import LIMIT

pytestmark = pytest.mark.asyncio
PROJECT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def rundemo(*arguments: str, says: bytes, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command, running, once it has written `says`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "manage.py", "rundemo", *arguments,
        cwd=PROJECT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(LIMIT):
            await process.stdout.readuntil(says)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


class Watcher:
    """Subscribes to a contact and keeps the bodies it is told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def observe(self, notification: told.Notification, now: float) -> None:
        if isinstance(notification, told.SIPSubscriptionGotNotify):
            notification.notify.accept(now)
            self.bodies.append(notification.notify.body)


@pytest.mark.parametrize(("transport", "event"), [("udp", "presence"), ("tcp", "dialog")])
async def test_contacts_of_the_presence_agent_live(transport: str, event: str) -> None:
    address, watcher = f"127.0.0.1:{free_port()}", Watcher()
    arguments = ("--no-phones", "--presence", address, "--rate", "200")
    async with (
        rundemo(*arguments, says=b"presence agent runs"),
        Endpoint(listeners("127.0.0.1"), watcher.observe) as endpoint,
    ):
        Subscription(
            endpoint.agent,
            request_uri=demo.address("bob"),
            from_header=f"<{demo.address('alice')}>",
            event=event,
            route=(f"<sip:{address};transport={transport};lr>",),
        ).subscribe(endpoint.now)
        async with asyncio.timeout(LIMIT):
            while len(watcher.bodies) < 4:
                await asyncio.sleep(0.05)
    assert all(demo.address("bob").encode() in body for body in watcher.bodies)
    assert len(set(watcher.bodies)) > 1


async def test_phones_subscribe_to_the_demo_lists_and_leave_when_stopped() -> None:
    requests: list[Request] = []

    def observe(notification: told.Notification, now: float) -> None:
        match notification:
            case told.SIPIncomingSubscriptionGotSubscribe(sender=sender, request=request):
                requests.append(request)
                sender.accept(600, now)
                sender.push_content("text/plain", b"state", now)
            case told.SIPIncomingSubscriptionGotRefreshingSubscribe(sender=sender, request=request):
                requests.append(request)
                sender.accept(0, now)
                sender.end(now, "timeout")

    async with Endpoint(listeners("127.0.0.1"), observe, events=("presence", "dialog")) as endpoint:
        (port,) = [flow.local[1] for flow in endpoint.transports.flows if flow.transport == "udp"]
        listen, last = f"udp:127.0.0.1:{port}", demo.PHONES[-1][1].encode()
        async with rundemo(says=last, RLS_SIP_LISTEN=listen, RLS_PRESENCE_SERVER="sip:p.test") as process:
            async with asyncio.timeout(LIMIT):
                while len(endpoint.agent.incoming) < len(demo.PHONES):
                    await asyncio.sleep(0.05)
            process.terminate()
            await process.communicate()
        assert process.returncode == 0
        assert not endpoint.agent.incoming
    asked = {
        (request.from_.uri, request.uri, request.header("event")) for request in requests[: len(demo.PHONES)]
    }
    assert asked == {(demo.address(user), uri, event) for user, uri, event in demo.PHONES}


async def test_presence_server_of_the_operator_is_left_alone() -> None:
    setting = "sip:presence.example.test"
    async with rundemo(says=setting.encode(), RLS_PRESENCE_SERVER=setting) as process:
        assert process.stdout is not None
        assert b"Phone of" in await process.stdout.readline() + await process.stdout.readline()


async def test_address_in_use_is_explained() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        async with rundemo("--no-phones", "--presence", address, says=b"Choose another") as process:
            assert await process.wait() == 1

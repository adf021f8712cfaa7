"""A scripted list server on real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from rls.domain.digest import NonceIssuer, challenges, ha1, parse_credentials, verify
from sipworker.endpoint import Endpoint, listeners
from sipworker.sip import notifications as told
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.message import Request
from tests.live.rig.waiting import LIMIT

REALM = "example.test"
Body = tuple[str, bytes]


class ScriptedNotifier:
    """`async with`: accepts, pushes `bodies` one after the other, and `refreshed` at each refresh.

    With `password` it asks for Digest (`proxy`: as 407), with `refusal` it refuses. `ending` ends
    the subscription after the bodies with that reason. `acknowledged` counts NOTIFYs.
    """

    def __init__(
        self,
        *bodies: Body,
        refreshed: Sequence[Body] = (),
        final: Body = ("", b""),
        password: str = "",
        proxy: bool = False,
        refusal: int = 0,
        ending: str = "",
    ) -> None:
        self.bodies = bodies
        self.refreshed = list(refreshed)
        self.final = final
        self.requests: list[Request] = []
        self.acknowledged = 0
        self._password = password
        self._proxy = proxy
        self._refusal = refusal
        self._ending = ending
        self._nonces = NonceIssuer(b"secret")

    async def __aenter__(self) -> ScriptedNotifier:
        self.endpoint = Endpoint(listeners("127.0.0.1"), self._observe, events=("presence",))
        await self.endpoint.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.endpoint.__aexit__(*error)

    def server(self, transport: str = "udp") -> str:
        (port,) = [flow.local[1] for flow in self.endpoint.transports.flows if flow.transport == transport]
        return f"sip:127.0.0.1:{port};transport={transport}"

    async def heard(self, count: int) -> None:
        """Waits until so many NOTIFYs were acknowledged."""
        async with asyncio.timeout(LIMIT):
            while self.acknowledged < count:
                await asyncio.sleep(0.01)

    @property
    def expires(self) -> list[str | None]:
        """What the SUBSCRIBEs asked for, in their order."""
        return [request.header("expires") for request in self.requests]

    def _observe(self, notification: told.Notification, now: float) -> None:
        match notification:
            case told.SIPIncomingSubscriptionGotSubscribe(sender=sender, request=request):
                self.requests.append(request)
                self._admit(sender, request, now)
            case told.SIPIncomingSubscriptionNotifyDidSucceed():
                self.acknowledged += 1
            case told.SIPIncomingSubscriptionGotRefreshingSubscribe(sender=sender, request=request):
                self.requests.append(request)
                self._refresh(sender, request, now)

    def _admit(self, sender: IncomingSubscription, request: Request, now: float) -> None:
        if self._refusal:
            sender.reject(self._refusal, now)
        elif self._password and not self._proven(request):
            name, status = ("Proxy-Authenticate", 407) if self._proxy else ("WWW-Authenticate", 401)
            values = challenges(REALM, self._nonces.issue(time.time()))
            sender.reject(status, now, headers=tuple((name, value) for value in values))
        else:
            self._accept(sender, request, now)

    def _proven(self, request: Request) -> bool:
        rows = request.rows("proxy-authorization" if self._proxy else "authorization")
        credentials = parse_credentials(rows[0]) if rows else None
        if credentials is None:
            return False
        secret = ha1(credentials.algorithm, "alice", REALM, self._password)
        return verify(credentials, "SUBSCRIBE", {credentials.algorithm: secret})

    def _accept(self, sender: IncomingSubscription, request: Request, now: float) -> None:
        sender.accept(int(request.header("expires") or 0), now, headers=(("Require", "eventlist"),))
        for body in self.bodies:
            sender.push_content(*body, now, "Require: eventlist\r\n")
        if self._ending:
            sender.end(now, self._ending)

    def _refresh(self, sender: IncomingSubscription, request: Request, now: float) -> None:
        expires = int(request.header("expires") or 0)
        sender.accept(expires, now)
        if not expires:
            sender.end(now, "timeout", *self.final)
        elif self.refreshed:
            sender.push_content(*self.refreshed.pop(0), now)

"""The back end of all resources: accepts each SUBSCRIBE and tells a state, unless told otherwise."""

from __future__ import annotations

from collections import Counter

from rls.domain.packages import package
from sipworker.sip.flow import Address, Flow
from sipworker.sip.message import Request
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Pairs, Peer


class PresenceServer(Peer):
    """`refusals`: status by resource, 0 for silence; `refusal_of_bodies`: of SUBSCRIBEs with one.
    `states`: Subscription-State by resource.

    `tags`: by resource, of a state that who names it needs not be told again (RFC 5839).
    """

    def __init__(self, network: Network, address: Address = ("10.0.0.9", 5060)) -> None:
        super().__init__(network, address)
        self.refusals: dict[str, int] = {}
        self.refusal_of_bodies = 200
        self.refusal_headers: Pairs = ()
        self.states: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.bodies: dict[str, bytes] = {}
        self._resources: dict[str, str] = {}
        self._cseqs: Counter[str] = Counter()

    def _receive(self, data: bytes, flow: Flow, now: float) -> None:
        super()._receive(data, flow, now)
        if data.startswith(b"SUBSCRIBE"):
            self._react(self.request)

    def resource(self, subscribe: Request) -> str:
        """The Request-URI of the SUBSCRIBE that began it."""
        return self._resources.setdefault(subscribe.call_id, subscribe.uri)

    def _react(self, subscribe: Request) -> None:
        uri = self.resource(subscribe)
        status = self.refusals.get(uri, self.refusal_of_bodies if subscribe.body else 200)
        if status >= 300:
            self.answer(subscribe, status, self.refusal_headers)
        elif (known := subscribe.header("suppress-if-match")) and known == self.tags.get(uri):
            self.accept(subscribe, subscribe.header("expires") or "3600", 204)
        elif status:
            expires = subscribe.header("expires") or "3600"
            self.accept(subscribe, expires)
            usual = "active;expires=3600" if expires != "0" else "terminated;reason=timeout"
            self.tell(uri, None, self.states.get(uri, usual), subscribe=subscribe)

    def subscribes(self, uri: str = "") -> list[Request]:
        return [
            request
            for request in self.requests
            if request.method == "SUBSCRIBE" and uri in ("", self.resource(request))
        ]

    def tell(
        self,
        uri: str,
        body: bytes | None,
        state: str = "active;expires=3600",
        *,
        subscribe: Request | None = None,
        content_type: str = "",
        headers: Pairs = (),
    ) -> Request:
        """A NOTIFY in the newest dialog of a resource; body None: what it was, `<uri/>` at first.

        No content type: the one of the package.
        """
        subscribe = subscribe or self.subscribes(uri)[-1]
        if body is None:
            body = self.bodies.setdefault(uri, f"<{uri}/>".encode())
        elif body:
            self.bodies[uri] = body
        self._cseqs[subscribe.call_id] += 1
        event = subscribe.header("event") or ""
        kind = content_type or next(iter(package(event).accept), "application/x-odd")
        headers = (*headers, ("Content-Type", kind)) if body else headers
        return self.notify(subscribe, self._cseqs[subscribe.call_id], state, headers, body, event=event)

    def answers_to(self, notify: Request) -> list[int]:
        """Status codes that a NOTIFY got."""
        return [
            answer.status
            for answer in self.responses
            if answer.call_id == notify.call_id and answer.cseq == notify.cseq
        ]

"""A watcher's telephone: subscribes to lists, answers NOTIFYs, reads what they say."""

from __future__ import annotations

from typing import NamedTuple

from rls.domain import multipart, rlmi
from sipworker.sip.flow import Address, Flow
from sipworker.sip.message import Request
from tests.django.engine.lists import FRIENDS
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Pairs, Peer

RLS: Address = ("10.0.0.1", 5060)
ACCEPT = "application/pidf+xml, application/rlmi+xml, multipart/related"


class Told(NamedTuple):
    """One NOTIFY of a list. `states`: resource -> state, reason and body of its instance; None: unknown."""

    cseq: int
    state: str
    version: int
    full: bool
    states: dict[str, tuple[rlmi.State, str | None, bytes] | None]

    def body(self, uri: str) -> bytes:
        known = self.states[uri]
        return known[2] if known else b""


def read(request: Request) -> Told:
    parts = multipart.parse(request.header("content-type") or "", request.body)
    document = rlmi.parse(parts[0].body)
    bodies = {part.content_id: part.body for part in parts[1:]}
    states = {
        resource.uri: next(
            ((each.state, each.reason, bodies.get(each.cid, b"")) for each in resource.instances), None
        )
        for resource in document.resources
    }
    state = request.header("subscription-state") or ""
    return Told(request.cseq.number, state, document.version, document.full_state, states)


class Phone(Peer):
    """Answers each NOTIFY with the next of `answers`, then with 200; 0 is silence."""

    def __init__(
        self, network: Network, address: Address = ("10.0.0.2", 5062), user: str = "sip:alice@example.test"
    ) -> None:
        super().__init__(network, address)
        self.user = user
        self.answers: list[int] = []
        self.answer_headers: Pairs = ()
        self.cseq = 0

    def _receive(self, data: bytes, flow: Flow, now: float) -> None:
        super()._receive(data, flow, now)
        if data.startswith(b"NOTIFY"):
            status = self.answers.pop(0) if self.answers else 200
            if status:
                self.answer(self.request, status, self.answer_headers)

    def subscribe(
        self, uri: str = FRIENDS, headers: Pairs = (), body: bytes = b"", /, **changed: str
    ) -> Request:
        self.cseq += 1
        usual = {
            "uri": uri,
            "from_": f"<{self.user}>;tag=phone",
            "to": f"<{uri}>",
            "call_id": f"call-{self.at}".replace(":", "-"),
            "cseq": f"{self.cseq} SUBSCRIBE",
            "event": "presence",
            "expires": "600",
            "supported": "eventlist",
            "accept": ACCEPT,
        }
        return self.ask(RLS, "SUBSCRIBE", headers, body, **{**usual, **changed})

    def refresh(self, expires: str = "600", headers: Pairs = (), /, **changed: str) -> Request:
        """A SUBSCRIBE in the dialog of the last answer that made one."""
        accepted = next(answer for answer in reversed(self.responses) if answer.status == 200)
        return self.subscribe(
            FRIENDS, headers, **{"to": accepted.rows("to")[0], "expires": expires, **changed}
        )

    @property
    def status(self) -> int:
        return self.responses[-1].status

    @property
    def told(self) -> list[Told]:
        """The NOTIFYs in the order of arrival, retransmissions included."""
        return [read(request) for request in self.requests if request.method == "NOTIFY"]

"""A scripted peer: it sends and answers what the test says, and keeps what it got."""

from __future__ import annotations

from sipworker.sip.flow import Address, Flow, address_text
from sipworker.sip.message import Request, Response, parse, response
from tests.pure.sip.network import Network

Pairs = tuple[tuple[str, str], ...]


class Peer:
    """`requests` and `responses` in the order of arrival; `flow` is that of the newest message."""

    def __init__(self, network: Network, address: Address, transport: str = "udp") -> None:
        self.network = network
        self.address = address
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.arrivals: list[Address] = []
        self._transport = transport
        self._branches = 0
        network.attach(address, self._receive)

    def _receive(self, data: bytes, flow: Flow, now: float) -> None:
        message = parse(data)
        self.arrivals.append(flow.remote)
        if isinstance(message, Request):
            self.requests.append(message)
        else:
            self.responses.append(message)

    @property
    def request(self) -> Request:
        return self.requests[-1]

    @property
    def statuses(self) -> list[int]:
        return [answer.status for answer in self.responses]

    def send(self, to: Address, data: bytes) -> None:
        self.network.transmit(Flow(self._transport, self.address, to), data)

    def via(self, branch: str | None = None, params: str = ";rport") -> str:
        self._branches += 1
        branch = branch or f"z9hG4bK-{self.address[1]}-{self._branches}"
        return f"SIP/2.0/{self._transport.upper()} {address_text(self.address)};branch={branch}{params}"

    def ask(
        self, to: Address, method: str, headers: Pairs = (), body: bytes = b"", /, **changed: str
    ) -> Request:
        """Send a request; `changed` replaces headers by name (call_id=…), an empty one leaves it out."""
        usual = {
            "via": self.via(),
            "max_forwards": "70",
            "from": f"<sip:peer@{address_text(self.address)}>;tag=peer",
            "to": "<sip:agent@10.0.0.1>",
            "call_id": "call-1",
            "cseq": f"1 {method}",
            "contact": f"<sip:peer@{address_text(self.address)}>",
        }
        uri = changed.pop("uri", "sip:agent@10.0.0.1")
        usual.update({name.rstrip("_"): value for name, value in changed.items()})
        pairs = [(name.replace("_", "-"), value) for name, value in usual.items() if value]
        request = Request.build(method, uri, (*pairs, *headers), body)
        self.send(to, request.to_bytes())
        return request

    def answer(self, request: Request, status: int, headers: Pairs = (), tag: str = "peer") -> None:
        destination = request.via.host, request.via.port or 5060
        self.send(destination, response(request, status, to_tag=tag, headers=headers))

    def notify(
        self,
        subscribe: Request,
        cseq: int,
        state: str = "active;expires=3600",
        headers: Pairs = (),
        body: bytes = b"",
        **changed: str,
    ) -> Request:
        """A NOTIFY in the dialog that `subscribe` asks for, with From tag "peer", or is in."""
        to = subscribe.rows("to")[0]
        destination = subscribe.via.host, subscribe.via.port or 5060
        fields = {
            "uri": f"sip:agent@{address_text(destination)}",
            "from_": to if ";tag=" in to else f"{to};tag=peer",
            "to": subscribe.rows("from")[0],
            "call_id": subscribe.call_id,
            "cseq": f"{cseq} NOTIFY",
            "event": "presence",
            "subscription_state": state,
        }
        return self.ask(destination, "NOTIFY", headers, body, **{**fields, **changed})

    def accept(self, subscribe: Request, expires: str = "3600", status: int = 200) -> None:
        self.answer(subscribe, status, (("Expires", expires), ("Contact", f"<sip:{self.at}>")))

    @property
    def at(self) -> str:
        return address_text(self.address)

"""What two ends of a dialog know, and the requests made of it (RFC 3261 section 12)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rls.domain.uri import InvalidUri, SipUri
from sipworker.sip.grammar import URI_CHARS, MalformedMessage
from sipworker.sip.headers import NameAddr
from sipworker.sip.message import Message, Request

_USUAL_CONTACT = re.compile(rf"<(sips?:{URI_CHARS}+)>").fullmatch


def contact_of(message: Message) -> str | None:
    """The one Contact URI of a dialog-forming or target refresh request, or of its 2xx (8.1.1.8).

    Raises MalformedMessage if there are several, or if it is no SIP URI.
    """
    rows = message.rows("contact")
    if not rows:
        return None
    if len(rows) == 1 and (usual := _USUAL_CONTACT(rows[0])):
        return usual[1]
    contacts = message.values("contact")
    if len(contacts) > 1:
        raise MalformedMessage(400, "More than one Contact")
    uri = NameAddr.parse(contacts[0]).uri
    if not uri.isascii() or not uri.lower().startswith(("sip:", "sips:")):
        raise MalformedMessage(400, "Contact is not a SIP URI")
    return uri


def route_set_of(request: Request) -> tuple[str, ...]:
    """The route set that a dialog-forming request gives its UAS: Record-Route in order (12.1.1).

    Raises MalformedMessage if it cannot be routed by.
    """
    if "record-route" not in request.headers:
        return ()
    routes = tuple(request.values("record-route"))
    try:
        for route in routes:
            SipUri.parse(NameAddr.parse(route).uri)
    except InvalidUri:
        raise MalformedMessage(400, "Malformed Record-Route") from None
    return routes


def untagged(header: str) -> str:
    """A From or To value without its tag, the rest as it was written."""
    address = NameAddr.parse(header)
    address.params.pop("tag", None)
    return str(address)


@lru_cache(4096)
def _route_rows(routes: tuple[str, ...]) -> str:
    """As header rows, each with its CRLF."""
    return "".join(f"Route: {route}\r\n" for route in routes)


@lru_cache(1024)
def _first_hop(route: str) -> tuple[str, bool]:
    """The URI of a Route value, and whether it routes loosely (12.2.1.1): the same few again and again."""
    uri = NameAddr.parse(route).uri
    return uri, SipUri.parse(uri).param("lr") is not None


@dataclass(slots=True)
class Dialog:
    """One end's view. `local` and `remote` are From/To values without tags; `remote` may be a bare URI."""

    call_id: str
    local: str
    local_tag: str
    remote: str
    remote_tag: str
    remote_target: str
    route_set: tuple[str, ...] = ()
    local_cseq: int = 0
    remote_cseq: int = -1

    @classmethod
    def for_server(cls, request: Request, local_tag: str) -> Dialog:
        """The dialog that accepting `request` makes (12.1.1).

        Raises MalformedMessage if its Contact is missing or senseless.
        """
        target = contact_of(request)
        if target is None:
            raise MalformedMessage(400, "Missing Contact")
        return cls(
            call_id=request.call_id,
            local=untagged(request.rows("to")[0]),
            local_tag=local_tag,
            remote=untagged(request.rows("from")[0]),
            remote_tag=request.from_tag or "",
            remote_target=target,
            route_set=route_set_of(request),
            remote_cseq=request.cseq.number,
        )

    @property
    def did(self) -> str:
        """The notifier's dialog as OpenSIPS' tables spell it: callid;from_tag;to_tag."""
        return f"{self.call_id};{self.remote_tag};{self.local_tag}"

    def follow(self, message: Message) -> None:
        """Take the target from a target refresh request or its 2xx (12.2.1.2, 12.2.2).

        Raises MalformedMessage.
        """
        rows = message.headers.get("contact")
        if rows and (rows[0] != f"<{self.remote_target}>" or len(rows) > 1):  # nearly always the same
            self.remote_target = contact_of(message) or self.remote_target

    def next_hop(self) -> str:
        """The URI whose host gets the next request (8.1.2)."""
        return _first_hop(self.route_set[0])[0] if self.route_set else self.remote_target

    def _route(self) -> tuple[str, tuple[str, ...]]:
        """Request-URI and Route values of the next request (12.2.1.1)."""
        if not self.route_set:
            return self.remote_target, ()
        first, loose = _first_hop(self.route_set[0])
        if loose:
            return self.remote_target, self.route_set
        return first, (*self.route_set[1:], f"<{self.remote_target}>")

    def serialize(self, method: str, cseq: int, via: str, headers: str, body: bytes = b"") -> bytes:
        """A request in the dialog; `headers` are whole lines, each with its CRLF."""
        uri, routes = self._route()
        remote = self.remote if "<" in self.remote else f"<{self.remote}>"
        to_tag = f";tag={self.remote_tag}" if self.remote_tag else ""
        head = (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: {via}\r\n"
            f"{_route_rows(routes)}"
            f"From: {self.local};tag={self.local_tag}\r\n"
            f"To: {remote}{to_tag}\r\n"
            f"Call-ID: {self.call_id}\r\n"
            f"CSeq: {cseq} {method}\r\n"
            f"{headers}Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + body

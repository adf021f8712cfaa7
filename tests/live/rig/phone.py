"""A watcher's phone that does what the test says, and answers every NOTIFY at once unless told otherwise."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.live.rig import list_notify
from tests.live.rig.list_notify import ListNotify
from tests.live.rig.message import Address, Message, answer, text
from tests.live.rig.waiting import LIMIT, Inbox
from tests.live.rig.wire import Wire, address_text

ALLOW = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, SUBSCRIBE, REFER, MESSAGE, UPDATE, PRACK"
"""All phones say so, in each request."""
ACCEPT = "multipart/related, application/rlmi+xml, application/pidf+xml"


def token() -> str:
    return uuid.uuid4().hex


def ok(request: Message) -> bytes | None:
    return answer(request, 200)


class Phone:
    """`respond` makes the answer to a request, None for silence."""

    def __init__(self, wire: Wire, user: str, server: Address) -> None:
        self.wire = wire
        self.user = user
        self.server = server
        self.inbox = Inbox()
        self.respond: Callable[[Message], bytes | None] = ok
        wire.start(self._receive)

    def _receive(self, message: Message) -> None:
        """Answer it, then show it: what a test sends when it has seen it comes after the answer."""
        if not message.status and (response := self.respond(message)) is not None:
            with suppress(OSError):  # the test is over
                self.wire.send(response, message.source)
        self.inbox.add(message)

    def close(self) -> None:
        self.wire.close()

    @property
    def contact(self) -> str:
        name = self.wire.transport.lower()
        parameter = "" if name == "udp" else f";transport={name}"
        return f"sip:phone@{address_text(self.wire.local)}{parameter}"

    def via(self) -> str:
        return f"Via: SIP/2.0/{self.wire.transport} {address_text(self.wire.local)};branch=z9hG4bK{token()}"

    def send(self, data: bytes) -> None:
        self.wire.send(data, self.server)

    def ask(self, request: bytes, limit: float = LIMIT) -> Message:
        """Send a request; its final response."""
        self.send(request)
        return self.response_to(request, limit)

    def response_to(self, request: bytes, limit: float = LIMIT) -> Message:
        found = re.search(rb"branch=([^;\r\s]+)", request)
        assert found
        branch = found[1].decode()
        return self.inbox.wait(
            lambda message: message.status >= 200 and branch in message.rows("Via")[0], limit=limit
        )

    def request(self, method: str, uri: str, *headers: str, call_id: str = "", body: bytes = b"") -> bytes:
        """A request outside of any dialog."""
        return text(
            f"{method} {uri} SIP/2.0",
            self.via(),
            "Max-Forwards: 70",
            f"From: <{self.user}>;tag={token()}",
            f"To: <{uri}>",
            f"Call-ID: {call_id or token()}",
            f"CSeq: 1 {method}",
            ALLOW,
            *headers,
            body=body,
        )

    def options(self, uri: str) -> bytes:
        """As long as one that wants to know everything (RFC 3261 section 11.1): so long may its answer be."""
        about = (f"Contact: <{self.contact}>", f"Accept: {ACCEPT}", "Accept-Language: en", "Supported: path")
        return self.request("OPTIONS", uri, *about, f"User-Agent: Phone {token()}")

    def call(self, list_uri: str, event: str = "presence", accept: str = ACCEPT) -> ListCall:
        return ListCall(self, list_uri, event, accept)

    def subscribe(self, list_uri: str, expires: int | None = 3600, event: str = "presence") -> ListCall:
        """A subscription that was accepted."""
        call = self.call(list_uri, event)
        assert call.subscribe(expires).status == 200
        return call


class ListCall:
    """One list subscription as its watcher sees it."""

    def __init__(self, phone: Phone, list_uri: str, event: str, accept: str) -> None:
        self.phone = phone
        self.list_uri = self.target = list_uri
        self.event = event
        self.call_id, self.tag, self.to_tag = token(), token(), ""
        self.cseq = 0
        self.contact = phone.contact
        self.headers: tuple[str, ...] = (f"Accept: {accept}", "Supported: eventlist")
        self.body = b""

    def request(
        self, expires: int | None, headers: Sequence[str] | None = None, *, body: bytes = b""
    ) -> bytes:
        """The next SUBSCRIBE; `headers` replace those that make it one for lists."""
        self.cseq += 1
        return text(
            f"SUBSCRIBE {self.target} SIP/2.0",
            self.phone.via(),
            "Max-Forwards: 70",
            f"From: <{self.phone.user}>;tag={self.tag}",
            f"To: <{self.list_uri}>" + (f";tag={self.to_tag}" if self.to_tag else ""),
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} SUBSCRIBE",
            f"Contact: <{self.contact}>",
            f"Event: {self.event}",
            ALLOW,
            *([] if expires is None else [f"Expires: {expires}"]),
            *(self.headers if headers is None else headers),
            body=body or self.body,
        )

    def subscribe(self, expires: int | None = 3600, headers: Sequence[str] | None = None) -> Message:
        """Subscribe, refresh, or unsubscribe with `expires` 0; the final response."""
        return self.ask(self.request(expires, headers))

    def ask(self, subscribe: bytes) -> Message:
        return self.heard(self.phone.ask(subscribe))

    def heard(self, response: Message) -> Message:
        """The first 200 makes a dialog."""
        if response.status == 200 and not self.to_tag:
            self.to_tag, self.target = response.tag("To"), response.uri("Contact")
        return response

    def is_notify(self, message: Message) -> bool:
        return message.start_line.startswith("NOTIFY") and message["Call-ID"] == self.call_id

    @property
    def notifies(self) -> list[Message]:
        """In the order of their arrival, without retransmissions."""
        return list({message.cseq: message for message in self.phone.inbox.all(self.is_notify)}.values())

    def notify(self, number: int) -> ListNotify:
        """Waits for a NOTIFY, the first is 0; fails if CSeq or RLMI version leave one out before it."""
        self.phone.inbox.wait(lambda message: self.is_notify(message) and message.cseq >= self._last(number))
        first, told = list_notify.parse(self.notifies[0]), list_notify.parse(self.notifies[number])
        assert told.message.cseq - first.message.cseq == number, [each.cseq for each in self.notifies]
        assert told.version - first.version == number
        return told

    def _last(self, number: int) -> int:
        """Its CSeq."""
        return min((each.cseq for each in self.notifies), default=0) + number

    def settled(self) -> ListNotify:
        """The NOTIFY that brings what the back ends answered at first."""
        assert self.notify(0).full
        return self.notify(1)

"""A presence server that does what the test says: one socket, a script for each domain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.live.rig.message import Address, Message, answer, text
from tests.live.rig.phone import token
from tests.live.rig.waiting import Inbox, eventually
from tests.live.rig.wire import UdpWire, Wire, address_text

PIDF_TYPE = "application/pidf+xml"


def pidf(user: str, note: str = "") -> bytes:
    """A body with odd white space, which nobody may touch."""
    return (
        f'<?xml version="1.0"?>\n<presence  xmlns="urn:ietf:params:xml:ns:pidf"\tentity="sip:{user}">\r\n'
        f"<tuple id='t'><status><basic>open</basic></status><note>{note}</note></tuple></presence>\n\n"
    ).encode()


def target_of(subscribe: Message) -> Address:
    """Where NOTIFYs go: to the Contact, if a proxy has handed the SUBSCRIBE on and it can be reached."""
    if len(subscribe.rows("Via")) == 1:
        return subscribe.source
    contact = re.fullmatch(r"sip:(?:[^@;]*@)?127\.0\.0\.1:(\d{4,5})(;.*)?", subscribe.uri("Contact"))
    port = int(contact[1]) if contact else 0
    return ("127.0.0.1", port) if 1024 <= port < 65536 else subscribe.source


@dataclass(frozen=True)
class State:
    """What a NOTIFY says."""

    body: bytes = b""
    state: str = "active;expires=3600"
    content_type: str = PIDF_TYPE
    headers: tuple[str, ...] = ()


def is_known(state: State | None, refresh: Message) -> bool:
    """Whether Suppress-If-Match names the tag of this state."""
    tags = refresh.rows("Suppress-If-Match")
    return state is not None and any(f"SIP-ETag: {tag}" in state.headers for tag in tags)


@dataclass(frozen=True)
class Script:
    """How a SUBSCRIBE for a resource is taken; `status` 0: not at all.

    `state` None: no NOTIFY until the test sends one.
    """

    status: int = 200
    headers: tuple[str, ...] = ("Expires: 3600",)
    state: State | None = None
    early: bool = False


class BackEndDialog:
    """One back-end subscription at the presence server.

    `refusal`: the status that refreshes get from now on; 0 is no answer until the test gives one.
    `farewell`: the body of the last NOTIFY.
    """

    def __init__(self, server: PresenceServer, subscribe: Message) -> None:
        self._server = server
        self.first = subscribe
        self.subscribes: list[Message] = []
        self.tag = token()
        self.event = subscribe["Event"]
        self.last: State | None = None
        self.ended = False
        self.refusal: int | None = None
        self.farewell = b""
        self._cseq = 0

    @property
    def call_id(self) -> str:
        return self.first["Call-ID"]

    @property
    def watcher(self) -> str:
        return self.first.uri("From")

    def notify_request(self, state: State) -> bytes:
        """The next NOTIFY."""
        self.last, self._cseq = state, self._cseq + 1
        return text(
            f"NOTIFY {self.first.uri('Contact')} SIP/2.0",
            f"Via: SIP/2.0/{self._server.wire.transport} {self._server.address};branch=z9hG4bK{token()}",
            "Max-Forwards: 70",
            f"From: {self.first['To']};tag={self.tag}",
            f"To: {self.first['From']}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self._cseq} NOTIFY",
            f"Contact: <{self._server.contact}>",
            f"Event: {self.event}",
            f"Subscription-State: {state.state}",
            *state.headers,
            *([f"Content-Type: {state.content_type}"] if state.body else []),
            body=state.body,
        )

    def send(self, request: bytes) -> None:
        self._server.wire.send(request, target_of(self.first))

    def notify(self, body: bytes = b"", state: str = "active;expires=3600", kind: str = PIDF_TYPE) -> Message:
        """Send a NOTIFY; its answer."""
        request = self.notify_request(State(body, state, kind))
        self.send(request)
        return self.answer_to_last()

    def refuse(self, subscribe: Message, status: int) -> None:
        self._server.wire.send(answer(subscribe, status), subscribe.source)

    def answer_to_last(self) -> Message:
        return self.answer_to(self._cseq)

    def answer_to(self, cseq: int) -> Message:
        return self._server.answers.wait(
            lambda message: message["Call-ID"] == self.call_id and message.cseq == cseq
        )


class Domain:
    """The resources of one domain, and who subscribed to them."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.default: Callable[[str], Script] = lambda uri: Script(
            state=State(pidf(uri.removeprefix("sip:")))
        )
        self.requests = Inbox()
        self.dialogs: list[BackEndDialog] = []

    def script_of(self, uri: str) -> Script:
        return self.scripts.get(uri) or self.default(uri)

    def dialogs_of(self, uri: str, watcher: str = "") -> list[BackEndDialog]:
        return [
            dialog
            for dialog in self.dialogs
            if dialog.first.request_uri == uri and watcher in ("", dialog.watcher)
        ]

    def dialog(self, uri: str, watcher: str = "", count: int = 1) -> BackEndDialog:
        """Waits until there are `count` subscriptions to a resource (of a watcher); the last of them."""
        eventually(lambda: len(self.dialogs_of(uri, watcher)) >= count, f"subscription to {uri}")
        found = self.dialogs_of(uri, watcher)
        assert len(found) == count, f"{len(found)} subscriptions to {uri}"
        return found[-1]


class PresenceServer:
    """Answers SUBSCRIBEs by the scripts of their domains, refreshes with the last state again, or
    with 204 where they name its entity tag (RFC 5839 section 6.3).

    What comes again by the branch of what was answered, because that was late, is no further request.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, wire: Wire | None = None) -> None:
        self.wire = wire or UdpWire(host, port)
        self.address = address_text(self.wire.local)
        self.answers = Inbox()
        self.domains: dict[str, Domain] = {}
        self._dialogs: dict[str, tuple[Domain, BackEndDialog]] = {}
        self._responses: dict[str, bytes] = {}
        self.wire.start(self._receive)

    @property
    def contact(self) -> str:
        name = self.wire.transport.lower()
        return f"sip:{self.address}" + ("" if name == "udp" else f";transport={name}")

    def close(self) -> None:
        self.wire.close()

    def domain(self, name: str) -> Domain:
        return self.domains.setdefault(name, Domain())

    def forget(self, name: str) -> None:
        """Begin anew with a domain: what there is goes on unseen."""
        self.domains.pop(name, None)

    def _receive(self, message: Message) -> None:
        if message.status:
            self.answers.add(message)
        elif response := self._responses.get(message.rows("Via")[0]):
            self.wire.send(response, message.source)
        elif known := self._dialogs.get(message["Call-ID"]):
            self._in_dialog(*known, message)
        else:
            host = re.split("[;:?]", message.request_uri.partition("@")[2])[0]
            self._first(self.domain(host), message)

    def _first(self, domain: Domain, message: Message) -> None:
        domain.requests.add(message)
        script = domain.script_of(message.request_uri)
        if not script.status:
            return
        if message.method != "SUBSCRIBE" or script.status >= 300:
            self._respond(message, answer(message, script.status, *script.headers, tag=token()))
            return
        dialog = BackEndDialog(self, message)
        self._dialogs[dialog.call_id] = domain, dialog
        dialog.subscribes.append(message)
        self._accept(dialog, message, script)
        domain.dialogs.append(dialog)

    def _in_dialog(self, domain: Domain, dialog: BackEndDialog, message: Message) -> None:
        domain.requests.add(message)
        is_new = all(message.cseq != known.cseq for known in dialog.subscribes)
        script = Script(state=dialog.last)
        if message.rows("Expires") == ["0"]:
            farewell = State(dialog.farewell, "terminated;reason=timeout")
            script = Script(headers=("Expires: 0",), state=farewell)
        if is_new:
            dialog.subscribes.append(message)
        if dialog.refusal is not None:
            if dialog.refusal:
                self._respond(message, answer(message, dialog.refusal))
            return
        if is_known(dialog.last, message):
            script = Script(status=204)
        self._accept(dialog, message, script)
        dialog.ended = dialog.ended or message.rows("Expires") == ["0"]

    def _accept(self, dialog: BackEndDialog, message: Message, script: Script) -> None:
        contact = f"Contact: <{self.contact}>"
        response = answer(message, script.status, contact, *script.headers, tag=dialog.tag)
        notify = None if script.state is None else dialog.notify_request(script.state)
        if notify and script.early:
            self.wire.send(notify, target_of(message))
        self._respond(message, response)
        if notify and not script.early:
            self.wire.send(notify, target_of(message))

    def _respond(self, request: Message, response: bytes) -> None:
        self._responses[request.rows("Via")[0]] = response
        self.wire.send(response, request.source)

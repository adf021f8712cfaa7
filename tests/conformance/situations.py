"""What can happen to a server that gets a first SUBSCRIBE; each function's answer is the reply to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.conformance.subject import Subject
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall, Phone, token
from tests.live.rig.presence import Domain, PresenceServer


@dataclass(frozen=True)
class Peers:
    """Both sides of the server under test. `phone` is the list owner's."""

    subject: Subject
    phone: Phone
    back_ends: PresenceServer

    def call(self, list_uri: str = "", event: str = "presence") -> ListCall:
        return self.phone.call(list_uri or self.subject.list_uri, event)

    @property
    def resources(self) -> Domain:
        """The members' domain at the presence server."""
        return self.back_ends.domain(self.subject.members[0].rpartition("@")[2])

    @property
    def member(self) -> str:
        return self.subject.members[0]

    def subscribed(self) -> ListCall:
        """A list subscription whose first NOTIFY has come."""
        call = self.phone.subscribe(self.subject.list_uri)
        call.notify(0)
        return call


Situation = Callable[[Peers], Message]


def changed(before: str, after: str, expires: int = 3600) -> Situation:
    """A SUBSCRIBE to the list in which one piece of text differs."""

    def situation(peers: Peers) -> Message:
        request = peers.call().request(expires)
        assert before.encode() in request
        return peers.phone.ask(request.replace(before.encode(), after.encode(), 1))

    return situation


def without(name: str) -> Situation:
    """A SUBSCRIBE to the list that lacks a header."""

    def situation(peers: Peers) -> Message:
        line = re.compile(rb"\r\n" + name.encode() + rb":[^\r]*")
        return peers.phone.ask(line.sub(b"", peers.call().request(3600)))

    return situation


def added(*lines: str, body: bytes = b"") -> Situation:
    """A SUBSCRIBE to the list with more headers, and a body."""

    def situation(peers: Peers) -> Message:
        request = peers.call().request(3600).replace(b"Content-Length: 0\r\n\r\n", b"")
        more = "".join(f"{line}\r\n" for line in (*lines, f"Content-Length: {len(body)}"))
        return peers.phone.ask(request + more.encode() + b"\r\n" + body)

    return situation


def asked(expires: int | None) -> Situation:
    return lambda peers: peers.call().subscribe(expires)


def of_event(event: str, list_uri: str = "") -> Situation:
    return lambda peers: peers.call(list_uri, event).subscribe()


def other_method(method: str, *lines: str) -> Situation:
    def situation(peers: Peers) -> Message:
        return peers.phone.ask(peers.phone.request(method, peers.subject.list_uri, *lines))

    return situation


def to(user: str, host: str = "") -> Situation:
    """A SUBSCRIBE to another URI."""
    return lambda peers: peers.call(f"sip:{user}@{host or peers.subject.domain}").subscribe()


def by_somebody_else(peers: Peers) -> Message:
    call = peers.call()
    request = call.request(3600)
    own, other = f"From: <{peers.subject.user}>", f"From: <sip:mallory@{peers.subject.domain}>"
    return peers.phone.ask(request.replace(own.encode(), other.encode()))


def retransmitted(peers: Peers) -> Message:
    """The second response; the first was the same, byte by byte."""
    request = peers.call().request(3600)
    first = peers.phone.ask(request)
    peers.phone.send(request)
    return peers.phone.inbox.wait(lambda message: message.data == first.data, count=2)


def merged(peers: Peers) -> Message:
    """The answer to the same request that came by another way."""
    request = peers.call().request(3600)
    other = re.sub(rb"branch=z9hG4bK\w+", b"branch=z9hG4bK" + token().encode(), request)
    peers.phone.send(request)
    peers.phone.send(other)
    peers.phone.response_to(request)
    return peers.phone.response_to(other)


def of_no_dialog(peers: Peers) -> Message:
    call = peers.call()
    call.to_tag = token()
    return call.subscribe()

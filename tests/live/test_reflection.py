"""Nobody who has proved nothing makes the server send more octets than came, or to a third address.

Requests in compact forms, from the shortest to those as long as phones send them, over UDP.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import pytest

from tests.live.conftest import NewPhone, NewServer, PutList
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Address
from tests.live.rig.phone import token
from tests.live.rig.presence import PresenceServer
from tests.live.rig.waiting import LIMIT
from tests.live.rig.wire import address_text

PADDINGS = range(0, 420, 4)
"""Octets more than a request needs; phones send some hundred."""
STUN = b"\0\1\0\0" + bytes.fromhex("2112a442")
ADDRESS_AND_HEADER = {socket.AF_INET: 32, socket.AF_INET6: 44}
"""Octets of an answer to STUN (RFC 8489 sections 5 and 14.2)."""


class Case(NamedTuple):
    """A request without a body; `status` answers it when it is as long as phones send it."""

    method: str
    status: int
    lines: tuple[str, ...] = ()
    to: str = "t:<sip:a@b>"


CASES = {
    "OPTIONS": Case("OPTIONS", 200),
    "SUBSCRIBE without Event": Case("SUBSCRIBE", 489, ("m:<sip:a@127.0.0.1>",)),
    "SUBSCRIBE in no dialog": Case("SUBSCRIBE", 481, ("o:presence",), "t:<sip:a@b>;tag=1"),
    "SUBSCRIBE that requires": Case("SUBSCRIBE", 420, ("o:presence", "Require:foo")),
    "SUBSCRIBE with two Events": Case("SUBSCRIBE", 400, ("o:presence", "o:presence")),
    "NOTIFY": Case("NOTIFY", 481, ("o:presence",)),
    "INVITE": Case("INVITE", 405),
    "REGISTER": Case("REGISTER", 405),
    "BYE": Case("BYE", 405, to="t:<sip:a@b>;tag=1"),
    "CANCEL": Case("CANCEL", 481),
    "FOO": Case("FOO", 501),
    "malformed": Case("OPTIONS", 400, ("Max-Forwards:x",)),
}
AT_DIGEST = {
    "challenge": Case("SUBSCRIBE", 401, ("m:<sip:a@127.0.0.1>", "o:presence", "k:eventlist")),
    "challenge in no dialog": Case("SUBSCRIBE", 401, ("o:presence",), "t:<sip:a@b>;tag=1"),
}
VIAS = {"plain": "{host}:{port}", "rport": "{host}:{port};rport", "NAT": "nat.test:{port};rport"}
"""The sent-by of the request: what the answer's Via has more (RFC 3261 section 18.2.1, RFC 3581)."""


class Stranger:
    """A UDP socket that asks and keeps what it is told."""

    def __init__(self, server: Address) -> None:
        self._socket = socket.socket(
            socket.AF_INET6 if ":" in server[0] else socket.AF_INET, socket.SOCK_DGRAM
        )
        self._socket.connect(server)
        self._socket.settimeout(LIMIT)
        self.close = self._socket.close
        host, self.port = self._socket.getsockname()[:2]
        self.host = f"[{host}]" if ":" in host else host
        self.family = self._socket.family

    def request(self, case: Case, via: str, padding: int = 0) -> bytes:
        sent_by = via.format(host=self.host, port=self.port)
        lines = (
            f"{case.method} sip:a@b SIP/2.0",
            f"v:SIP/2.0/UDP {sent_by};branch=z9hG4bK{token()[:8]}",
            "f:<sip:a@b>;tag=1",
            case.to,
            f"i:{token()[:8]}",
            f"CSeq:1 {case.method}",
            *case.lines,
            *([f"X:{'x' * (padding - 4)}"] if padding else []),
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode()

    def told(self, request: bytes) -> list[bytes]:
        """All answers to a request: what comes before the answer to the next one, which is long enough."""
        self._socket.send(request)
        last = self.request(CASES["NOTIFY"], VIAS["plain"], padding=500)
        self._socket.send(last)
        answers = []
        while not _is_answer(answer := self._socket.recv(65535), last):
            answers.append(answer)
        return answers


def _is_answer(answer: bytes, request: bytes) -> bool:
    branch = request.partition(b";branch=")[2].partition(b"\r\n")[0]
    return branch in answer


@pytest.fixture(scope="module")
def digest(new_server: NewServer) -> Iterator[ListServer]:
    """A worker that believes nobody."""
    with new_server(RLS_SIP_AUTH="digest") as server:
        server.start_worker()
        yield server


@pytest.fixture(params=["127.0.0.1", "::1"])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def check(case: Case, via: str, at: Address) -> None:
    statuses = []
    with closing(Stranger(at)) as stranger:
        for padding in PADDINGS:
            request = stranger.request(case, via, padding)
            answers = stranger.told(request)
            assert len(answers) <= 1
            assert sum(map(len, answers)) <= len(request), answers
            statuses += [int(answer[8:11]) for answer in answers]
    assert set(statuses) == {case.status}
    assert statuses[-1] == case.status and len(answers) == 1, "phones get their answers"


@pytest.mark.parametrize("via", VIAS.values(), ids=VIAS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_answer_is_longer_than_its_request(case: Case, via: str, host: str, server: ListServer) -> None:
    check(case, via, (host, server.sip[1]))


@pytest.mark.parametrize("via", VIAS.values(), ids=VIAS)
@pytest.mark.parametrize("case", AT_DIGEST.values(), ids=AT_DIGEST)
def test_no_challenge_is_longer_than_its_request(case: Case, via: str, host: str, digest: ListServer) -> None:
    check(case, via, (host, digest.sip[1]))


def test_a_retransmission_gets_no_more_than_the_request(server: ListServer) -> None:
    with closing(Stranger(server.sip)) as stranger:
        short, long = (stranger.request(CASES["INVITE"], VIAS["rport"], padding) for padding in (0, 300))
        assert [stranger.told(request) for request in (short, short)] == [[], []]
        (first,), (second,) = stranger.told(long), stranger.told(long)
        assert first == second
        cut = long.replace(long[long.index(b"X:") :], b"\r\n")
        assert stranger.told(cut) == []


def test_a_strangers_stun_gets_no_more_octets_than_it_has(host: str, server: ListServer) -> None:
    with closing(Stranger((host, server.sip[1]))) as stranger:
        needed = ADDRESS_AND_HEADER[stranger.family]
        for more in range(0, 40, 4):
            attribute = b"\x80\x22" + (more - 4).to_bytes(2) + b"x" * (more - 4) if more else b""
            request = STUN[:2] + len(attribute).to_bytes(2) + STUN[4:] + b"stranger 123" + attribute
            answers = stranger.told(request)
            assert [len(answer) for answer in answers] == ([needed] if len(request) >= needed else [])


def test_a_subscription_that_is_refused_sends_nothing_to_its_contact(
    new_phone: NewPhone, put_list: PutList
) -> None:
    attacker, victim = new_phone("mallory"), new_phone("victim")
    call = attacker.call(put_list("bob"))
    call.contact = victim.contact
    assert call.subscribe(3600).status == 403
    assert victim.inbox.all() == []


def test_an_answer_goes_to_the_source_whatever_via_says(new_phone: NewPhone, put_list: PutList) -> None:
    """But for the port (RFC 3261 section 18.2.2)."""
    attacker, victim = new_phone("mallory"), new_phone("victim")
    other = f"192.0.2.1:{victim.wire.local[1]}"
    request = attacker.call(put_list("bob")).request(3600)
    own = f"{address_text(attacker.wire.local)};branch"
    assert own.encode() in request
    attacker.send(request.replace(own.encode(), f"{other};branch".encode(), 1))
    refusal = victim.inbox.wait(lambda message: message.status >= 200)
    assert refusal.status == 403 and f"{other};branch" in refusal["Via"]
    assert len(refusal.data) <= len(request)


def test_a_strangers_route_leads_nowhere(
    digest: ListServer, new_phone: NewPhone, presence: PresenceServer, domain: str
) -> None:
    """What the presence server is to decide goes there, and to nobody else."""
    stranger, victim = new_phone("mallory", digest), new_phone("victim")
    headers = ("Event: presence", f"Route: <sip:127.0.0.1:{victim.wire.local[1]};lr>")
    uri = f"sip:mallory@{domain}"
    assert stranger.ask(stranger.request("PUBLISH", uri, *headers)).status == 403
    assert stranger.ask(stranger.request("PUBLISH", uri, "Event: presence")).status == 200
    assert victim.inbox.all() == []
    assert len(presence.domain(domain).requests.all()) == 1

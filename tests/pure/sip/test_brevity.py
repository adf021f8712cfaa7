"""Answers over UDP that are no longer than their requests."""

from __future__ import annotations

import pytest

from sipworker.sip.agent import UserAgent
from sipworker.sip.brevity import fitted
from sipworker.sip.flow import Address, Flow
from sipworker.sip.message import Request, Response, parse, response
from tests.pure.sip.network import Network, Recorder
from tests.pure.sip.notifier import Notifier
from tests.pure.sip.samples import raw

AGENT, PEER = ("10.0.0.1", 5060), ("10.0.0.2", 5062)
COPIED = ("via", "from", "to", "call-id", "cseq")
OPTIONAL = (
    ("Server", "s"),
    ("User-Agent", "u"),
    ("Date", "d"),
    ("Accept-Language", "en"),
    ("Accept-Encoding", "identity"),
    ("Accept", "text/plain"),
    ("Allow", "SUBSCRIBE"),
    ("Allow-Events", "presence"),
    ("Supported", "eventlist"),
    ("Warning", '399 rls "no"'),
    ("Retry-After", "5"),
)
NEEDED = {
    401: (("WWW-Authenticate", "Digest algorithm=MD5"),),
    405: (("Allow", "SUBSCRIBE"),),
    406: (("Accept", "text/plain"),),
    415: (("Accept", "text/plain"), ("Accept-Encoding", "identity"), ("Accept-Language", "en")),
    420: (("Unsupported", "foo"),),
    421: (("Require", "eventlist"),),
    423: (("Min-Expires", "60"),),
    489: (("Allow-Events", "presence"),),
    500: (),
}
"""What an answer must not lack for its code."""


def asked() -> Request:
    request = parse(
        raw(change={"From": 'B  <sip:b@c>;x;tag="q"'}, extra=["Via: SIP/2.0/TCP b;branch=z9hG4bKb"])
    )
    assert isinstance(request, Request)
    return request


def fits(answer: bytes) -> list[Response]:
    """What becomes of an answer in less and less room, as far as there is an answer."""
    shorter = []
    for room in range(len(answer), 0, -1):
        data = fitted(answer, room)
        assert len(data) <= room
        if not data:
            break
        message = parse(data)
        assert isinstance(message, Response)
        shorter.append(message)
    return shorter


def names(message: Response) -> set[str]:
    return {name for name in message.headers if name not in (*COPIED, "content-length")}


@pytest.mark.req("R3261-8.2.6.2-1")
@pytest.mark.parametrize(("status", "needed"), NEEDED.items())
def test_what_is_optional_goes_and_what_is_needed_stays(
    status: int, needed: tuple[tuple[str, str], ...]
) -> None:
    request = asked()
    others = [pair for pair in OPTIONAL if pair not in needed]
    answer = response(request, status, headers=(*others, *needed), body=b"body")
    shorter = fits(answer)
    for message in shorter:
        assert (message.status, message.body) == (status, b"body")
        assert all(message.rows(name) == request.rows(name) for name in COPIED)
        assert all(message.header(name.lower()) == value for name, value in needed)
    assert names(shorter[0]) == {name.lower() for name, _ in (*others, *needed)}
    assert names(shorter[-1]) == {name.lower() for name, _ in needed}


def test_of_several_challenges_the_one_that_all_understand_stays() -> None:
    values = [("WWW-Authenticate", f"Digest algorithm={name}") for name in ("SHA-512", "SHA-256", "MD5")]
    shorter = fits(response(asked(), 401, headers=values))
    assert len(shorter[0].rows("www-authenticate")) == 3
    assert shorter[-1].rows("www-authenticate") == ["Digest algorithm=MD5"]


def test_an_answer_that_fits_is_left_as_it_is() -> None:
    answer = response(asked(), 200, headers=OPTIONAL)
    assert fitted(answer, len(answer)) is answer


# -- the agent


@pytest.fixture
def agent(network: Network) -> UserAgent:
    return network.agent(AGENT, Recorder())


def answers(network: Network, agent: UserAgent, data: bytes, transport: str = "udp") -> list[int]:
    """Octets of each."""
    before = len(network.sent)
    agent.receive(data, Flow(transport, AGENT, PEER), network.now)
    return [len(packet.data) for packet in network.sent[before:]]


def compact(method: str, *lines: str) -> bytes:
    head = (
        f"{method} sip:a@b SIP/2.0",
        f"v:SIP/2.0/UDP 10.0.0.2:5062;branch=z9hG4bK{method}{len(lines)}",
        "f:<sip:a@b>;tag=1",
        "t:<sip:a@b>",
        f"i:{method}{len(lines)}",
        f"CSeq:1 {method}",
        *lines,
    )
    return "".join(f"{line}\r\n" for line in (*head, "")).encode()


@pytest.mark.parametrize("method", ["OPTIONS", "SUBSCRIBE", "NOTIFY", "INVITE", "BYE", "FOO"])
def test_no_request_makes_us_send_more_than_it_has(network: Network, agent: UserAgent, method: str) -> None:
    lines = [f"X:{'x' * octets}" for octets in range(0, 250, 3)]
    answered = []
    for count in range(len(lines)):
        request = compact(method, *lines[:count])
        for size in answers(network, agent, request):
            answered.append(size)
            assert size <= len(request)
    assert answered, "long requests are answered"


def test_a_retransmission_gets_no_more_than_the_request_got(network: Network, agent: UserAgent) -> None:
    tiny, longer = (
        compact("INVITE"),
        compact("INVITE", "Max-Forwards:70", "Subject:something long to talk of"),
    )
    assert answers(network, agent, tiny) == answers(network, agent, tiny) == []
    assert answers(network, agent, longer) == answers(network, agent, longer) != []
    cut = longer.replace(b"Subject:something long to talk of\r\n", b"")
    assert answers(network, agent, cut) == []
    network.settle()
    assert len(agent.transactions) == 0


@pytest.mark.parametrize(
    ("data", "names"),
    [(compact("INVITE"), ["INVITE"]), (compact("FOO", "l:9"), [])],
    ids=["sound", "malformed"],
)
def test_a_request_that_is_too_short_is_counted_and_named_once(
    network: Network, data: bytes, names: list[str]
) -> None:
    """What is malformed is named as such."""
    named: list[tuple[str, Address]] = []
    agent = network.agent(
        AGENT, Recorder(), on_silence=lambda request, flow: named.append((request.method, flow.remote))
    )
    assert answers(network, agent, data) == []
    network.settle()
    assert agent.unanswered == 1
    assert named == [(name, PEER) for name in names]
    assert answers(network, agent, compact("INVITE", f"Subject:{'x' * 100}")) != []
    assert agent.unanswered == 1


@pytest.mark.parametrize("line", ["Max-Forwards:x", "l:1000", "no colon"])
def test_what_is_malformed_gets_no_more_than_it_has(network: Network, agent: UserAgent, line: str) -> None:
    tiny = compact("FOO", line)
    long = compact("FOO", line, "Subject:something to talk of")
    assert all(size <= len(tiny) for size in answers(network, agent, tiny))
    (size,) = answers(network, agent, long)
    assert size <= len(long)


def test_who_has_a_connection_is_told_everything(network: Network, agent: UserAgent) -> None:
    request = compact("OPTIONS", "l:0").replace(b"/UDP", b"/TCP")
    (size,) = answers(network, agent, request, "tcp")
    assert size > len(request)


def test_who_has_a_subscription_is_told_everything(notifier: Notifier) -> None:
    """Be it that the answer is longer than the request."""
    subscribe = compact("SUBSCRIBE", "m:<sip:a@10.0.0.2:5062>", "o:presence", "Expires:60")
    assert answers(notifier.network, notifier.agent, subscribe)[0] > len(subscribe)
    notifier.network.run()
    tag = notifier.notifies()[-1].from_.tag
    assert answers(notifier.network, notifier.agent, subscribe)[0] > len(subscribe)
    refresh = compact("SUBSCRIBE", "m:<sip:a@10.0.0.2:5062>", "o:x", "Expires:60").replace(
        b"=z9hG4bK", b"=z9hG4bKr"
    )
    refresh = refresh.replace(b"t:<sip:a@b>", f"t:<sip:a@b>;tag={tag}".encode()).replace(b"CSeq:1", b"CSeq:2")
    notifier.network.run()
    assert answers(notifier.network, notifier.agent, refresh)[0] > len(refresh)

"""The demo's presence agent, on a network in memory."""

from __future__ import annotations

import pytest
from lxml import etree

from sipworker.demo.presence_agent import EVENTS, PresenceAgent
from sipworker.sip.message import Request
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Peer

AGENT = ("10.0.0.1", 5070)


class Watched:
    """The agent, and a peer that subscribes and answers NOTIFYs."""

    def __init__(self, rate: float = 1.0) -> None:
        self.network = Network()
        self.peer = Peer(self.network, ("10.0.0.2", 5062))
        self.presence = PresenceAgent("example.test", ("bob", "claire"), seed=1, rate=rate)
        agent = self.network.agent(AGENT, self.presence.observe, events=EVENTS)
        self.presence.start(agent, 0.0)
        self._answered = 0

    def subscribe(
        self, uri: str = "sip:bob@example.test", event: str = "presence", **changed: str
    ) -> Request:
        asked = {"uri": uri, "to": f"<{uri}>", "event": event, "expires": "3600", **changed}
        request = self.peer.ask(AGENT, "SUBSCRIBE", **asked)
        self.network.run()
        return request

    def again(self, cseq: int, expires: str) -> None:
        to = str(self.peer.responses[0].to)
        self.subscribe(cseq=f"{cseq} SUBSCRIBE", expires=expires, to=to)

    def live(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.network.run(1.0)
            for request in self.peer.requests[self._answered :]:
                self.peer.answer(request, 200)
            self._answered = len(self.peer.requests)

    @property
    def bodies(self) -> list[bytes]:
        """Of NOTIFYs, without retransmissions."""
        return list({request.cseq.number: request.body for request in self.peer.requests}.values())


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_subscribe_is_answered_with_200_and_the_state(watched: Watched) -> None:
    watched.subscribe()
    assert watched.peer.statuses == [200]
    notify = watched.peer.request
    assert notify.header("subscription-state") == "active;expires=3600"
    assert notify.header("content-type") == "application/pidf+xml"
    assert etree.fromstring(notify.body).get("entity") == "sip:bob@example.test"


def test_contacts_live_and_their_watchers_are_told(watched: Watched) -> None:
    watched.subscribe()
    watched.live(600)
    assert len(watched.bodies) > 4
    assert all(before != after for before, after in zip(watched.bodies, watched.bodies[1:], strict=False))


def test_higher_rate_makes_more_changes() -> None:
    slow, fast = Watched(rate=1), Watched(rate=5)
    for watched in (slow, fast):
        watched.subscribe()
        watched.live(300)
    assert len(fast.bodies) > 2 * len(slow.bodies)


def test_dialog_documents_are_numbered_per_subscription(watched: Watched) -> None:
    watched.subscribe(event="dialog")
    watched.live(1800)
    versions = [etree.fromstring(body).get("version") for body in watched.bodies]
    assert versions == [str(number) for number in range(len(versions))]
    assert len(versions) > 3


def test_anybody_of_the_domain_has_a_state(watched: Watched) -> None:
    watched.subscribe("sip:stranger@example.test")
    assert watched.peer.statuses == [200]


@pytest.mark.parametrize("uri", ["sip:bob@elsewhere.test", "sip:example.test"])
def test_others_are_not_found(watched: Watched, uri: str) -> None:
    watched.subscribe(uri)
    assert watched.peer.statuses == [404]


def test_names_cannot_be_invented_without_end(monkeypatch: pytest.MonkeyPatch, watched: Watched) -> None:
    monkeypatch.setattr("sipworker.demo.presence_agent.MAX_CONTACTS", 2)
    watched.subscribe("sip:third@example.test")
    assert watched.peer.statuses == [404]


@pytest.mark.req("R6665-4.2.1.1-2")
def test_other_event_package_is_refused_with_those_we_serve(watched: Watched) -> None:
    watched.subscribe(event="reg")
    assert watched.peer.statuses == [489]
    assert watched.peer.responses[0].header("allow-events") == "presence, dialog"


def test_unsubscribing_gets_the_final_state(watched: Watched) -> None:
    watched.subscribe()
    watched.live(1)
    watched.again(2, "0")
    notify = watched.peer.request
    assert notify.header("subscription-state") == "terminated;reason=timeout"
    assert notify.body


@pytest.mark.req("R6665-4.4.3-1")
def test_fetch_gets_the_state_in_one_notify(watched: Watched) -> None:
    watched.subscribe(expires="0")
    assert watched.peer.statuses == [200]
    assert [request.header("subscription-state") for request in watched.peer.requests] == [
        "terminated;reason=timeout"
    ]
    assert watched.peer.request.body


def test_subscription_that_is_not_refreshed_ends(watched: Watched) -> None:
    watched.subscribe(expires="60")
    watched.live(62)
    assert watched.peer.request.header("subscription-state") == "terminated;reason=timeout"


def test_refresh_keeps_it_and_tells_the_state_again(watched: Watched) -> None:
    watched.subscribe(expires="60")
    watched.live(1)
    watched.again(2, "600")
    watched.live(100)
    assert watched.peer.statuses == [200, 200]
    states = [request.header("subscription-state") or "" for request in watched.peer.requests]
    assert all(state.startswith("active") for state in states)

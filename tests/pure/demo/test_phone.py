"""Demo phones, on a network in memory."""

from __future__ import annotations

import pytest

from sipworker.demo import phone as phones
from sipworker.demo.phone import Phone
from sipworker.watchlist.options import Options
from tests.pure.sip.network import Network
from tests.pure.sip.peer import Peer

OPTIONS = Options("sip:friends@example.test", "sip:alice@example.test", "sip:10.0.0.2:5062", expires=600)


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def server(network: Network) -> Peer:
    return Peer(network, ("10.0.0.2", 5062))


@pytest.fixture
def phone(network: Network, server: Peer) -> Phone:
    phone = Phone(network.agent(("10.0.0.1", 5060), phones.observe), OPTIONS)
    phone.start(0.0)
    network.run()
    return phone


def test_phone_subscribes_as_one_that_knows_lists(server: Peer, phone: Phone) -> None:
    request = server.request
    assert (request.method, request.uri) == ("SUBSCRIBE", "sip:friends@example.test")
    assert request.header("supported") == "eventlist"
    assert "application/rlmi+xml" in request.values("accept")


def test_notify_is_answered(network: Network, server: Peer, phone: Phone) -> None:
    server.accept(server.request)
    server.notify(server.request, 1)
    network.run()
    assert server.statuses == [200]
    assert phone.notified == 1


def test_refused_phone_tries_again_later_and_later(network: Network, server: Peer, phone: Phone) -> None:
    for _ in range(3):
        server.answer(server.request, 404)
        network.run()
        asked = len(server.requests)
        network.run(1.5)
        assert len(server.requests) == asked
        network.run(10.0)
        assert len(server.requests) > asked
    call_ids = {request.call_id for request in server.requests}
    assert len(call_ids) == 4


def test_stopped_phone_unsubscribes_and_stays_away(network: Network, server: Peer, phone: Phone) -> None:
    server.accept(server.request)
    subscribe = server.request
    server.notify(subscribe, 1)
    network.run()
    phone.stop(network.now)
    network.run()
    assert server.request.header("expires") == "0"
    server.accept(server.request, "0")
    server.notify(subscribe, 2, "terminated;reason=timeout")
    network.run()
    assert phone.subscription is None
    asked = len(server.requests)
    network.run(120.0)
    assert len(server.requests) == asked

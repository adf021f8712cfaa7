from __future__ import annotations

import pytest

from tests.pure.sip.network import Network
from tests.pure.sip.notifier import Notifier
from tests.pure.sip.peer import Peer
from tests.pure.sip.subscriber import Subscriber


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def peer(network: Network) -> Peer:
    """A scripted peer at 10.0.0.2:5062."""
    return Peer(network, ("10.0.0.2", 5062))


@pytest.fixture
def subscriber(network: Network, peer: Peer) -> Subscriber:
    """The subscriber's side, with `peer` as its notifier."""
    return Subscriber(network, peer)


@pytest.fixture
def notifier(network: Network, peer: Peer) -> Notifier:
    """The notifier's side, with `peer` as its watcher."""
    return Notifier(network, peer)

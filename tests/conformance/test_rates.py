"""How often watchers ask to be told (RFC 6446), as Subscription-State says that it is kept."""

from __future__ import annotations

import pytest

from tests.conformance.situations import Peers
from tests.live.rig.message import Message, answer
from tests.live.rig.presence import pidf


def max_rate(notify: Message) -> str:
    """ "" without one."""
    return notify["Subscription-State"].partition(";max-rate=")[2]


@pytest.mark.req("R6446-9.2-1")
@pytest.mark.parametrize("text", ["=0", "=0.0", "=100", "=1.", "=-1", "=1.12345678901", "=x", ""])
def test_what_is_no_rate_was_not_asked_for(peers: Peers, text: str) -> None:
    call = peers.call(event=f"presence;max-rate{text}")
    assert call.subscribe().status == 200
    assert max_rate(call.notify(0).message) == ""


@pytest.mark.req("R6446-9.2-1", "R6446-5.2-1")
@pytest.mark.parametrize(("text", "kept"), [("99", "99"), ("01.50", "1.5"), ("0.0123456789", "0.0123456789")])
def test_what_is_a_rate_is_kept(peers: Peers, text: str, kept: str) -> None:
    call = peers.call(event=f"presence;max-rate={text}")
    assert call.subscribe().status == 200
    assert max_rate(call.notify(0).message) == kept


@pytest.mark.req("R6446-5.3-1")
def test_rate_is_raised_to_one_notify_in_what_remains(peers: Peers) -> None:
    call = peers.call(event="presence;max-rate=0.0001")
    for version, (expires, kept) in enumerate(((100, "0.01"), (1000, "0.001"))):
        assert call.subscribe(expires).status == 200
        assert max_rate(call.notify(version).message) == kept


@pytest.mark.req("R6446-4.1-1")
@pytest.mark.parametrize(("asked", "kept"), [(";max-rate=20", "50"), ("", "")])
def test_only_who_asked_for_rates_changes_them_by_an_answer(peers: Peers, asked: str, kept: str) -> None:
    peers.phone.respond = lambda request: answer(request, 200, "Event: presence;max-rate=50")
    call = peers.call(event=f"presence{asked}")
    assert call.subscribe().status == 200
    call.settled()
    peers.resources.dialog(peers.member).notify(pidf("bob", "next"))
    told = call.notify(2)
    assert told.body_of(peers.member) == pidf("bob", "next")
    assert max_rate(told.message) == kept

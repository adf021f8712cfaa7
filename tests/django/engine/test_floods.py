"""One address that sends too much is ignored for a while; nobody else notices."""

from __future__ import annotations

import pytest

from sipworker.engine.floods import PERIOD, SOURCES, Floods

FLOODER, PHONE, PROXY = "192.0.2.66", "192.0.2.7", "192.0.2.1"
RATE = 10


@pytest.fixture
def floods() -> Floods:
    return Floods(lambda: RATE, lambda source: source == PROXY)


def flood(floods: Floods, source: str, now: float = 0.0) -> None:
    for _ in range(int(RATE * PERIOD) + 1):
        floods.heard(source, now)


def test_who_floods_is_muted_and_others_are_not(floods: Floods) -> None:
    floods.heard(PHONE, 0.0)
    flood(floods, FLOODER)
    assert floods.mutes(FLOODER, 1.0)
    assert not floods.mutes(PHONE, 1.0)


def test_who_sends_as_much_as_is_allowed_is_heard(floods: Floods) -> None:
    for _ in range(int(RATE * PERIOD)):
        floods.heard(PHONE, 0.0)
    assert not floods.mutes(PHONE, 1.0)


def test_after_the_period_everybody_is_heard_again(floods: Floods) -> None:
    flood(floods, FLOODER)
    assert not floods.mutes(FLOODER, PERIOD)


def test_trusted_sources_send_as_they_like(floods: Floods) -> None:
    flood(floods, PROXY)
    assert not floods.muted


def test_without_a_rate_nobody_is_muted() -> None:
    floods = Floods(lambda: 0, lambda source: False)
    flood(floods, FLOODER)
    assert not floods.muted


def test_forged_sources_do_not_fill_the_memory(floods: Floods) -> None:
    for number in range(SOURCES + 10):
        floods.heard(f"source {number}", 0.0)
    assert len(floods._counts) <= SOURCES


def test_flood_is_told_once(floods: Floods, caplog: pytest.LogCaptureFixture) -> None:
    flood(floods, FLOODER)
    assert [record.getMessage() for record in caplog.records] == ["source floods, muted"]

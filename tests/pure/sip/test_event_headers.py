from __future__ import annotations

import pytest

from sipworker.sip.headers import SubscriptionState, accepts, parse_event
from sipworker.sip.message import MalformedMessage


def test_event_gives_package_id_and_parameters() -> None:
    assert parse_event("presence") == ("presence", None, {})
    assert parse_event("Presence.winfo ; ID=7;x") == ("Presence.winfo", "7", {"id": "7", "x": None})


@pytest.mark.req("D17")
@pytest.mark.parametrize("value", ["", "presence, dialog", "pres ence", ";id=1", "presence;"])
def test_event_names_exactly_one_package(value: str) -> None:
    with pytest.raises(MalformedMessage):
        parse_event(value)


def test_subscription_state_is_read_without_case() -> None:
    state = SubscriptionState.parse("Terminated;Reason=NoResource;retry-after=30")
    assert state == ("terminated", "noresource", None, 30)


def test_an_unreadable_expires_is_as_if_absent() -> None:
    assert SubscriptionState.parse("active;expires=later") == ("active", None, None, None)


def test_subscription_state_is_written_without_what_is_absent() -> None:
    assert str(SubscriptionState("active", expires=0)) == "active;expires=0"
    text = "terminated;reason=probation;retry-after=5"
    assert str(SubscriptionState.parse(text)) == text


@pytest.mark.parametrize("value", ["", "a b", "active;", ";expires=1"])
def test_a_broken_subscription_state_is_refused(value: str) -> None:
    with pytest.raises(MalformedMessage):
        SubscriptionState.parse(value)


@pytest.mark.req("D26")
@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ([], False),
        (["application/rlmi+xml"], True),
        (["APPLICATION/RLMI+XML;charset=x"], True),
        (["application/*"], True),
        (["*/*"], True),
        (["text/*", "application/pidf+xml"], False),
        (["application/rlmi+xml;q=0"], False),
        (["application/rlmi+xml;q=0.000"], False),
        (["application/rlmi+xml;q=0.1"], True),
        (["*/*", "application/rlmi+xml;q=0"], False),
        (["application/rlmi+xml", "*/*;q=0"], True),
    ],
)
def test_the_most_specific_range_decides_what_is_acceptable(values: list[str], answer: bool) -> None:
    assert accepts(values, "application/rlmi+xml") is answer

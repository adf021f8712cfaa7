"""Rates that a watcher asks for (RFC 6446)."""

from __future__ import annotations

import pytest

from rls.domain.notify_rates import Rates, waitn_times


@pytest.mark.req("R6446-9.2-1")
@pytest.mark.parametrize("text", ["0", "0.0", "100", "1.", ".5", "-1", "x", "", None])
def test_what_is_no_rate_was_not_asked_for(text: str | None) -> None:
    assert not Rates.of({"max-rate": text})


@pytest.mark.req("R6446-5.4-1")
def test_most_notifies_per_second_are_the_shortest_pause() -> None:
    assert Rates.of({"max-rate": "0.1"}).shortest(5) == 10
    assert Rates.of({"max-rate": "2"}).shortest(5) == 5
    assert Rates().shortest(5) == 5


@pytest.mark.req("R6446-5.3-1")
def test_at_least_one_notify_comes_before_the_end() -> None:
    assert Rates(most=0.001).within(100) == Rates(most=0.01)


@pytest.mark.req("R6446-6.2-1")
def test_least_notifies_per_second_are_the_longest_pause() -> None:
    assert Rates.of({"min-rate": "0.2"}).longest(0, 60) == 5
    assert Rates(most=0.1, least=1.0).within(600).least == 0.1
    assert Rates().longest(9, 60) is None


def test_an_adaptive_rate_waits_longer_after_many_notifies() -> None:
    rates = Rates.of({"adaptive-min-rate": "0.1"})
    assert rates.longest(6, 60) == pytest.approx(10)
    assert rates.longest(12, 60) == pytest.approx(20)


@pytest.mark.req("R6446-5.2-1")
def test_rates_are_told_as_they_are_kept() -> None:
    assert Rates(most=0.1, least=0.01).params() == ";max-rate=0.1;min-rate=0.01"


def test_waitn_times_by_event_package_and_list() -> None:
    assert waitn_times(["presence:5", "foo.winfo:0.5", "sip:help@Example.test:0"]) == {
        "presence": 5,
        "foo.winfo": 0.5,
        "sip:help@example.test": 0,
    }


@pytest.mark.parametrize("text", ["presence", "presence:x", ":5", "presence:-1", "presence:nan", "x y:z:1"])
def test_senseless_waitn_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        waitn_times([text])

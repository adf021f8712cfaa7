import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.backend import BackOff, Outcome, Retry, outcome_of_status, outcome_of_termination


@pytest.mark.parametrize(
    ("codes", "reason", "retry"),
    [
        ((401, 403, 407, 603), "rejected", Retry.NEVER),
        ((404, 410, 416, 484, 485, 604), "noresource", Retry.NEVER),
        ((405, 489, 501), "noresource", Retry.NEVER),
        ((482, 483, 302), "noresource", Retry.NEVER),
        ((406, 413, 415, 420, 421, 423), "giveup", Retry.ADAPTED),
        ((408, 480, 486, 500, 502, 503, 504), "probation", Retry.BACK_OFF),
        ((481,), "deactivated", Retry.AT_ONCE),
        ((400, 606), "giveup", Retry.NEVER),
        ((600,), "probation", Retry.BACK_OFF),
    ],
)
def test_what_a_refusal_means_for_the_instance(codes: tuple[int, ...], reason: str, retry: Retry) -> None:
    assert {outcome_of_status(code) for code in codes} == {Outcome("terminated", reason, retry)}


@pytest.mark.req("R4660-5.4-1")
def test_488_is_about_the_filters_where_there_were_some() -> None:
    assert outcome_of_status(488) == Outcome("terminated", "giveup", Retry.NEVER)
    assert outcome_of_status(488, filtered=True) == Outcome("terminated", "badfilter", Retry.NEVER)


@pytest.mark.req("R3261-8.1.3.2-1")
@pytest.mark.parametrize(("unknown", "known"), [(499, 400), (599, 500), (399, 300), (699, 600)])
def test_an_unknown_code_means_the_first_of_its_class(unknown: int, known: int) -> None:
    assert outcome_of_status(unknown) == outcome_of_status(known)


@pytest.mark.parametrize(
    ("reason", "told", "retry"),
    [
        ("deactivated", "deactivated", Retry.AT_ONCE),
        ("timeout", "timeout", Retry.AT_ONCE),
        ("probation", "probation", Retry.BACK_OFF),
        ("giveup", "giveup", Retry.BACK_OFF),
        ("rejected", "rejected", Retry.NEVER),
        ("Rejected", "rejected", Retry.NEVER),
        ("noresource", "noresource", Retry.NEVER),
        ("invariant", "invariant", Retry.NEVER),
        ("badfilter", "badfilter", Retry.NEVER),
    ],
)
def test_what_a_terminated_subscription_means(reason: str, told: str, retry: Retry) -> None:
    assert outcome_of_termination(reason) == Outcome("terminated", told, retry)


@pytest.mark.req("R4662-5.5-5")
@pytest.mark.parametrize("reason", [None, "", "unheard-of"])
def test_without_a_known_reason_the_instance_gets_one(reason: str | None) -> None:
    assert outcome_of_termination(reason, 7) == Outcome("terminated", "probation", Retry.BACK_OFF, after=7)


@pytest.mark.parametrize(
    ("reason", "after"), [("probation", 30.0), ("giveup", 30.0), ("deactivated", None), ("invariant", None)]
)
def test_retry_after_counts_only_where_one_waits(reason: str, after: float | None) -> None:
    assert outcome_of_termination(reason, 30.0).after == after


@pytest.mark.req("R3261-20.33-1")
@pytest.mark.parametrize("code", [404, 413, 480, 486, 500, 503, 600, 603])
def test_a_refusal_with_retry_after_is_waited_for(code: int) -> None:
    without, outcome = outcome_of_status(code), outcome_of_status(code, 120.0)
    assert outcome == Outcome(without.state, without.reason, Retry.BACK_OFF, 120.0)


@pytest.mark.parametrize("code", [403, 410, 489, 604])
def test_retry_after_means_nothing_where_it_does_not_belong(code: int) -> None:
    assert outcome_of_status(code, 120.0) == outcome_of_status(code)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 5000))
def test_the_pause_stays_within_its_bounds(attempt: int, chance: float, after: float | None) -> None:
    pause = BackOff(first=4, most=900, jitter=0.25).delay(attempt, chance, after)
    assert max(4, after or 0) <= pause <= max(900 * 1.25, after or 0)


def test_the_pause_doubles_until_it_is_longest() -> None:
    back_off = BackOff(first=4, most=20, jitter=0)
    assert [back_off.delay(attempt, 0.5) for attempt in range(5)] == [4, 8, 16, 20, 20]

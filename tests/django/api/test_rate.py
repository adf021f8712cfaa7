"""Requests are counted for all web processes together."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from rls import services
from rls.api.throttle import Allowed
from rls.models import Allowance
from rls.store import allowances


def let_pass(processes: list[Allowed], rate: int, requests: int) -> int:
    """How many of a user's requests get an answer when they come to the processes in turn."""
    waits = [processes[n % len(processes)].wait("alice", rate, time.monotonic()) for n in range(requests)]
    return waits.count(0.0)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, 5])
def test_processes_together_answer_as_many_as_one(count: int) -> None:
    assert let_pass([Allowed() for _ in range(count)], 3, 9) == 3


@pytest.mark.django_db
def test_each_process_asks_the_database_once_for_what_may_come_in_a_second(
    django_assert_num_queries: object,
) -> None:
    process = Allowed()
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert let_pass([process], 600, 30) == 30


@pytest.mark.django_db
def test_who_is_refused_is_told_when_to_come_back_and_costs_nothing_more(
    django_assert_num_queries: object,
) -> None:
    process = Allowed()
    assert let_pass([process], 2, 2) == 2
    now = time.monotonic()
    seconds = process.wait("alice", 2, now)
    assert 0 < seconds <= 30
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert 0 < process.wait("alice", 2, now + 1) < seconds
    assert process.wait("bob", 2, now) == 0


@pytest.mark.django_db
def test_time_gives_requests_back() -> None:
    assert let_pass([Allowed()], 2, 3) == 2
    Allowance.objects.update(used_until=time.time() + 30)
    assert let_pass([Allowed()], 2, 3) == 1


@pytest.mark.django_db
def test_what_counts_no_more_is_cleaned_away() -> None:
    allowances.take("alice", 1, 1)
    Allowance.objects.create(who="bob", used_until=time.time() - 1)
    services.clean_up()
    assert list(Allowance.objects.values_list("who", flat=True)) == ["alice"]


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_are_all_counted() -> None:
    def take(_: int) -> float:
        try:
            return allowances.take("alice", 5, 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(take, range(20))).count(0.0) == 5

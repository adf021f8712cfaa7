"""NOTIFYs of one dialog: in the order of their CSeq, one at a time, each once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.store.numbering import OutboxRow
from sipworker.engine.list_subscription import ListSubscription
from tests.django.engine.views import subscription


def row(cseq: int) -> OutboxRow:
    return OutboxRow(cseq, 1, 3, cseq, cseq - 1, "P", "", [])


def drain(watcher: ListSubscription) -> list[int]:
    """Send and have answered whatever is due."""
    sent = []
    while (due := watcher.next_to_send()) is not None:
        sent.append(due.cseq)
        watcher.in_flight = None
    return sent


def test_a_later_notify_waits_for_the_earlier() -> None:
    watcher = subscription()
    watcher.enqueue(row(2))
    assert watcher.next_to_send() is None
    watcher.enqueue(row(1))
    assert drain(watcher) == [1, 2]


def test_one_is_in_flight_at_a_time() -> None:
    watcher = subscription()
    for cseq in (1, 2):
        watcher.enqueue(row(cseq))
    assert watcher.next_to_send() == row(1)
    assert watcher.next_to_send() is None
    assert watcher.unsent() == [row(2)]
    watcher.in_flight = None
    assert watcher.next_to_send() == row(2)


def test_what_was_sent_is_not_sent_again() -> None:
    watcher = subscription()
    watcher.enqueue(row(1))
    assert drain(watcher) == [1]
    watcher.enqueue(row(1))
    assert watcher.unsent() == []


def test_after_a_restart_counting_goes_on() -> None:
    watcher = subscription()
    watcher.last_cseq = 41
    watcher.enqueue(row(42))
    assert drain(watcher) == [42]


@pytest.mark.req("R3261-12.2.1.1-1")
@given(st.lists(st.integers(1, 12), max_size=40), st.permutations(range(1, 13)))
def test_any_order_and_repetition_comes_out_as_one_sequence(first: list[int], then: list[int]) -> None:
    watcher = subscription()
    sent = []
    for cseq in (*first, *then):
        watcher.enqueue(row(cseq))
        sent += drain(watcher)
    assert sent == list(range(1, 13))

"""Two requests to tell one watcher become one NOTIFY."""

from __future__ import annotations

import pytest

from rls.store.commit_group import CommitGroup
from rls.store.numbering import NotifyRequest


def merged(first: NotifyRequest, second: NotifyRequest) -> NotifyRequest:
    group = CommitGroup()
    group.notify(first)
    group.notify(second)
    (request,) = group.notifies.values()
    return request


@pytest.mark.req("R4662-4.5-1")
def test_rows_of_two_partial_requests_are_joined() -> None:
    request = merged(NotifyRequest(3, False, {1, 2}), NotifyRequest(3, False, {2, 5}))
    assert request == NotifyRequest(3, False, {1, 2, 5})


@pytest.mark.req("R4662-5.2-9")
@pytest.mark.parametrize("order", [1, -1])
def test_full_state_swallows_partial_state(order: int) -> None:
    full, partial = NotifyRequest(3, True), NotifyRequest(3, False, {1})
    assert merged(*(full, partial)[::order]).full


@pytest.mark.parametrize("order", [1, -1])
def test_the_end_is_not_lost(order: int) -> None:
    ending, other = NotifyRequest(3, True, reason="timeout"), NotifyRequest(3, True)
    assert merged(*(ending, other)[::order]).reason == "timeout"


def test_the_first_reason_stands() -> None:
    ended_twice = merged(
        NotifyRequest(3, True, reason="noresource"), NotifyRequest(3, True, reason="timeout")
    )
    assert ended_twice.reason == "noresource"


def test_watchers_are_kept_apart() -> None:
    group = CommitGroup()
    group.notify(NotifyRequest(3, True))
    group.notify(NotifyRequest(4, True))
    assert set(group.notifies) == {3, 4}

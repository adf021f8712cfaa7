"""What is remembered of requests that were taken: enough to know them again, and no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sipworker.sip.taken import taken_with, was_taken

STEPS = st.lists(st.integers(1, 6) | st.just(2**31), min_size=1, max_size=12)


def after(steps: list[int]) -> tuple[int, dict[int, str]]:
    """What is remembered after requests with such gaps; their branches by CSeq."""
    taken, cseq = 0, -1
    branches: dict[int, str] = {}
    for step in steps:
        cseq += step
        branches[cseq] = f"z9hG4bK{cseq}"
        taken = taken_with(taken, step, branches[cseq])
    return taken, branches


@given(STEPS)
def test_the_last_four_cseqs_are_known_again(steps: list[int]) -> None:
    taken, branches = after(steps)
    last = max(branches)
    for below in range(4):
        assert was_taken(taken, below, branches.get(last - below, "none")) == (last - below in branches)


@given(STEPS, st.integers(4, 2**20))
def test_nothing_older_is(steps: list[int], below: int) -> None:
    taken, branches = after(steps)
    assert not was_taken(taken, below, branches.get(max(branches) - below, "z9hG4bKold"))


@given(STEPS)
def test_it_stays_one_small_number(steps: list[int]) -> None:
    assert 0 < after(steps)[0] < 2**60

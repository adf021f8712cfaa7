"""CSeqs after a restart: higher than any that a back-end dialog may have seen."""

from __future__ import annotations

import time

import pytest

from sipworker.engine.clock import unused_cseq


def test_every_start_has_a_higher_cseq_although_none_was_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    sent = []
    for start in range(20):
        monkeypatch.setattr(time, "time", lambda start=start: now + 0.8 * start)
        sent.append(unused_cseq(7) + 1)
    assert sent == sorted(set(sent))


def test_a_stored_cseq_is_not_repeated_within_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    stored = unused_cseq(7) + 1
    assert unused_cseq(stored) + 1 > stored


def test_a_clock_that_was_set_back_does_not_bring_cseqs_back(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = unused_cseq(7)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    assert unused_cseq(stored) + 1 > stored


def test_cseqs_fit_into_31_bits() -> None:
    assert unused_cseq(0) + 1_000_000 < 2**31

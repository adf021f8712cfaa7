"""Delays in buckets, and what quantiles they give."""

from __future__ import annotations

import pytest

from rls.domain.histogram import BOUNDS, Histogram, quantile


def test_each_bucket_has_what_does_not_exceed_its_bound() -> None:
    histogram = Histogram()
    for seconds in (0.0, 0.01, 0.011, 60.0, 61.0):
        histogram.observe(seconds)
    assert histogram.counts[:2] == [2, 1]
    assert histogram.counts[-2:] == [1, 1]
    assert histogram.sum == pytest.approx(121.021)


def test_quantile_lies_within_its_bucket() -> None:
    counts = [0] * (len(BOUNDS) + 1)
    counts[BOUNDS.index(0.5)] = 98
    counts[BOUNDS.index(2.0)] = 2
    median, late = quantile(counts, 0.5), quantile(counts, 0.99)
    assert median is not None and 0.4 < median < 0.5
    assert late is not None and 1.5 < late <= 2.0


def test_nothing_counted_has_no_quantile_and_the_longest_counts_as_the_last_bound() -> None:
    counts = [0] * (len(BOUNDS) + 1)
    assert quantile(counts, 0.5) is None
    counts[-1] = 3
    assert quantile(counts, 0.99) == BOUNDS[-1]

"""The measure of growth tells what is linear from what is not."""

from __future__ import annotations

import re

from tests.pure.growth import grows_linearly


def test_linear_work_is_linear() -> None:
    assert grows_linearly(lambda size: re.search("b", "a" * size), 10_000)


def test_quadratic_work_is_not() -> None:
    assert not grows_linearly(lambda size: re.search("a*b", "a" * size), 500)

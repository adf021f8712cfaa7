"""A fresh machine has no C compiler, and needs none."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distributions

from tests.quality.test_tools import PROJECT

COMPILED_HERE = re.compile(r"^Tag: .*-linux_\w+$", re.MULTILINE)
"""Wheels that others built for every Linux say manylinux or musllinux."""


def compiled_here(distribution: Distribution) -> bool:
    return bool(COMPILED_HERE.search(distribution.read_text("WHEEL") or ""))


def test_only_what_may_be_left_out_is_compiled() -> None:
    may = {line.partition("==")[0] for line in (PROJECT / "requirements-fast.txt").read_text().splitlines()}
    compiled = {each.name.replace("_", "-") for each in distributions() if compiled_here(each)}
    assert compiled <= may

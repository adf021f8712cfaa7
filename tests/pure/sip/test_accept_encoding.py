from __future__ import annotations

import pytest

from sipworker.sip.headers import accepts_coding


@pytest.mark.req("R3261-20.12-1")
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], False),
        (["deflate"], True),
        (["gzip, Deflate;q=0.5"], True),
        (["gzip", "deflate"], True),
        (["deflate; q=0"], False),
        (["deflate;q=0.000"], False),
        (["identity", "gzip;q=1"], False),
        (['"unclosed, deflated'], False),
        ([""], False),
    ],
)
def test_only_codings_that_are_named(rows: list[str], expected: bool) -> None:
    assert accepts_coding(rows, "deflate") is expected

"""Contacts of a 3xx in the order in which they are preferred."""

from __future__ import annotations

import pytest

from sipworker.sip.redirection import next_target
from sipworker.sip.structure import Response


@pytest.mark.req("R3261-8.1.3.4-1")
@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        (["<sip:a@x>;q=0.2, <sip:b@x>;q=0.7", "sip:c@x;q=0.5"], "sip:b@x"),
        (["<sip:a@x>;q=0.2, <sip:b@x>"], "sip:b@x"),
        (["<sip:a@x>, <sip:b@x>"], "sip:a@x"),
        (["<sip:tried@x>;q=1, <sip:b@x>;q=0"], "sip:b@x"),
        (["<sip:a@x>;q=much, <sip:b@x>;q=0.9"], "sip:a@x"),
        (["<mailto:a@x>;q=1, <SIPS:b@x>;q=0.1"], "SIPS:b@x"),
        (["<sip:tried@x>"], None),
        (["<sip:a@x"], None),
        ([], None),
    ],
)
def test_the_preferred_contact_that_was_not_tried_is_next(contacts: list[str], expected: str | None) -> None:
    answer = Response(302, "Moved Temporarily", {"contact": contacts} if contacts else {})
    assert next_target(answer, ("sip:tried@x",)) == expected

"""What an operator reads of a lamp that is wrong."""

from __future__ import annotations

import pytest

from rls.domain.diagnosis import diagnose


@pytest.mark.parametrize(
    ("state", "reason", "code", "told", "said"),
    [
        ("", "", 0, False, "nothing came back yet"),
        ("active", "", 200, True, "as the back end said last"),
        ("active", "", 202, False, "told no state yet"),
        ("pending", "", 202, False, "until somebody allows this watcher"),
        ("terminated", "rejected", 403, False, "answered 403: it does not let this watcher see"),
        ("terminated", "noresource", 404, False, "answered 404: it does not know the resource"),
        ("terminated", "probation", 503, False, "answered 503: it cannot be reached"),
        ("terminated", "", 599, False, "answered 599: it refuses"),
        ("terminated", "rejected", 200, False, "(rejected): the resource does not want to be seen"),
        ("terminated", "", 200, False, "ended the subscription: it did not say why"),
        ("terminated", "of its own", 200, False, "(of its own): it did not say why"),
    ],
)
def test_reason_is_said_in_words(state: str, reason: str, code: int, told: bool, said: str) -> None:
    assert said in diagnose(state, reason, code, told=told)


def test_refused_refresh_counts_more_than_what_was_told_before() -> None:
    assert "403" in diagnose("active", "", 403, told=True)

"""Whose documents a list may lead into (RLS_ENTRY_REFS)."""

from __future__ import annotations

import pytest

from xcap.reach import may_refer
from xcap.selectors import Xui

ALICE, BOB = Xui("alice", "a.test"), Xui("bob", "a.test")
NAMESAKE, BELOW = Xui("alice", "b.test"), Xui("bob", "sub.a.test")


@pytest.mark.parametrize(
    ("whose", "reached"), [("own", []), ("domain", [BOB]), ("anyone", [BOB, NAMESAKE, BELOW])]
)
def test_list_of_a_user_leads_to_own_and_global_ones_and_to_those_that_the_word_names(
    whose: str, reached: list[Xui]
) -> None:
    assert may_refer(ALICE, ALICE, whose) and may_refer(ALICE, None, whose)
    assert [other for other in (BOB, NAMESAKE, BELOW) if may_refer(ALICE, other, whose)] == reached


@pytest.mark.parametrize("whose", ["own", "domain", "anyone"])
def test_global_list_leads_anywhere(whose: str) -> None:
    assert all(may_refer(None, other, whose) for other in (ALICE, NAMESAKE, None))

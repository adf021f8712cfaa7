"""Whose documents a list may lead into (RLS_ENTRY_REFS)."""

from __future__ import annotations

import pytest

from rls.domain.lists import UnresolvableReference
from xcap.reach import UNKNOWN, Reach
from xcap.selectors import Xui

ALICE, BOB = Xui("alice", "a.test"), Xui("bob", "a.test")
NAMESAKE, BELOW = Xui("alice", "b.test"), Xui("bob", "sub.a.test")
OTHERS = (BOB, NAMESAKE, BELOW)


@pytest.mark.parametrize(("whose", "reached"), [("own", []), ("domain", [BOB]), ("anyone", [*OTHERS])])
def test_list_of_a_user_leads_to_own_and_global_ones_and_to_those_that_the_word_names(
    whose: str, reached: list[Xui]
) -> None:
    reach = Reach(ALICE, whose)
    assert reach.includes(ALICE) and reach.includes(None)
    assert [other for other in OTHERS if reach.includes(other)] == reached


@pytest.mark.parametrize("whose", ["own", "domain", "anyone"])
def test_global_list_leads_anywhere(whose: str) -> None:
    assert all(Reach(None, whose).includes(other) for other in (*OTHERS, None))


@pytest.mark.parametrize(("whose", "reached"), [("own", []), ("domain", []), ("anyone", [*OTHERS])])
def test_list_of_nobody_knows_whom_leads_to_users_only_where_anyone_may_be_named(
    whose: str, reached: list[Xui]
) -> None:
    assert [other for other in OTHERS if Reach(UNKNOWN, whose).includes(other)] == reached


def test_what_is_out_of_reach_is_a_reference_that_cannot_be_resolved() -> None:
    Reach(ALICE, "domain").check("here", BOB)
    with pytest.raises(UnresolvableReference, match="RLS_ENTRY_REFS=domain does not allow here"):
        Reach(ALICE, "domain").check("here", NAMESAKE)

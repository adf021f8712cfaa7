"""Lists in lists: each RLMI document counts for its own list (RFC 4662 section 4.6)."""

from __future__ import annotations

import pytest

from sipworker.watchlist.table import MAX_NESTING, ListTable, Verdict
from tests.pure.watchlist.lists import BOB, CLAIRE, contact, encoded, nesting

INNER = "sip:inner@example.test"


def inner_table(table: ListTable) -> ListTable:
    nested = table.rows[INNER].instances["1"].nested
    assert nested is not None
    return nested


@pytest.fixture
def table() -> ListTable:
    table = ListTable()
    table.apply(nesting(0, True, INNER, encoded(0, True, contact(BOB), contact(CLAIRE), uri=INNER)), 0.0)
    return table


def test_part_that_is_a_list_has_a_table_of_its_own(table: ListTable) -> None:
    assert list(inner_table(table).rows) == [BOB, CLAIRE]
    assert inner_table(table).uri == INNER


@pytest.mark.req("R4662-4.6-1")
def test_partial_of_the_inner_list_keeps_its_other_resources(table: ListTable) -> None:
    table.apply(nesting(1, False, INNER, encoded(1, False, contact(BOB, "closed"), uri=INNER)), 1.0)
    said = [row.instances["1"].said for row in inner_table(table).rows.values()]
    assert [each and each.state for each in said] == ["closed", "open"]


@pytest.mark.req("R4662-4.6-2")
def test_full_outer_document_leaves_the_inner_one_partial(table: ListTable) -> None:
    table.apply(nesting(1, True, INNER, encoded(1, False, contact(BOB), uri=INNER)), 1.0)
    assert list(inner_table(table).rows) == [BOB, CLAIRE]


@pytest.mark.req("R4662-5.6-1")
def test_inner_list_has_its_own_version(table: ListTable) -> None:
    verdict = table.apply(nesting(7, True, INNER, encoded(1, False, contact(BOB), uri=INNER)), 1.0)
    assert verdict is Verdict.APPLIED
    assert (table.version, inner_table(table).version) == (7, 1)


@pytest.mark.req("R4662-5.6.2-1")
def test_replayed_inner_partial_changes_nothing(table: ListTable) -> None:
    table.apply(nesting(1, False, INNER, encoded(0, False, contact(BOB, "closed"), uri=INNER)), 1.0)
    said = inner_table(table).rows[BOB].instances["1"].said
    assert said and said.state == "open"


@pytest.mark.req("R4662-5.6.2-2")
def test_gap_of_the_inner_list_asks_for_a_refresh(table: ListTable) -> None:
    body = nesting(1, False, INNER, encoded(3, False, contact(BOB), uri=INNER))
    assert table.apply(body, 1.0) is Verdict.GAP


def test_unreadable_inner_list_is_said_in_its_row(table: ListTable) -> None:
    table.apply(nesting(1, False, INNER, ("multipart/related;boundary=x", b"--y")), 1.0)
    said = table.rows[INNER].instances["1"].said
    assert said and said.state == "unreadable"


def test_nesting_without_end_is_cut() -> None:
    deep = ListTable(depth=MAX_NESTING)
    deep.apply(nesting(0, True, INNER, encoded(0, True, contact(BOB), uri=INNER)), 0.0)
    instance = deep.rows[INNER].instances["1"]
    assert instance.nested is None
    assert instance.said and instance.said.state.endswith("multipart/related")

"""The table of a list, by the rules of RFC 4662 section 5.6."""

from __future__ import annotations

import pytest

from sipworker.watchlist.table import ListTable, Row, Verdict
from tests.pure.watchlist.lists import BOB, CLAIRE, DORA, contact, full, gone, partial


def says(row: Row) -> str:
    said = row.instances["1"].said
    assert said is not None
    return said.state


def test_first_full_state_fills_the_table_in_document_order() -> None:
    table = ListTable()
    assert table.apply(full(0, contact(CLAIRE), contact(BOB)), 0.0) is Verdict.APPLIED
    assert list(table.rows) == [CLAIRE, BOB]
    assert table.version == 0


@pytest.mark.req("R4662-5.6.1-1")
def test_full_state_replaces_all_rows() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB), contact(CLAIRE)), 0.0)
    assert table.apply(full(5, contact(DORA)), 1.0) is Verdict.APPLIED
    assert list(table.rows) == [DORA]


@pytest.mark.req("R4662-5.6.1-1")
@pytest.mark.parametrize("version", [2, 3])
def test_full_state_that_is_not_newer_is_discarded_entirely(version: int) -> None:
    table = ListTable()
    table.apply(full(3, contact(BOB)), 0.0)
    assert table.apply(full(version, contact(CLAIRE)), 1.0) is Verdict.DISCARDED
    assert list(table.rows) == [BOB]
    assert table.version == 3


@pytest.mark.req("R4662-5.6.2-1")
def test_next_partial_updates_the_resources_it_names() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB), contact(CLAIRE)), 0.0)
    assert table.apply(partial(1, contact(BOB, "closed")), 1.0) is Verdict.APPLIED
    assert [says(row) for row in table.rows.values()] == ["closed", "open"]
    assert list(table.rows) == [BOB, CLAIRE]


@pytest.mark.req("R4662-5.6.2-1")
def test_partial_adds_a_resource_that_was_not_there() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB)), 0.0)
    table.apply(partial(1, contact(DORA)), 1.0)
    assert list(table.rows) == [BOB, DORA]


@pytest.mark.req("R4662-5.6.2-1")
@pytest.mark.parametrize("version", [3, 4])
def test_old_partial_is_discarded(version: int) -> None:
    table = ListTable()
    table.apply(full(4, contact(BOB)), 0.0)
    assert table.apply(partial(version, contact(BOB, "closed")), 1.0) is Verdict.DISCARDED
    assert says(table.rows[BOB]) == "open"


@pytest.mark.req("R4662-5.6.2-1")
@pytest.mark.req("R4662-5.6.2-2")
def test_partial_after_a_gap_is_applied_and_asks_for_a_refresh() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB)), 0.0)
    assert table.apply(partial(2, contact(BOB, "closed")), 1.0) is Verdict.GAP
    assert says(table.rows[BOB]) == "closed"
    assert table.apply(partial(3, contact(BOB)), 2.0) is Verdict.APPLIED


@pytest.mark.req("R4662-5.6.2-2")
def test_partial_before_any_full_state_asks_for_a_refresh() -> None:
    assert ListTable().apply(partial(0, contact(BOB)), 0.0) is Verdict.GAP


def test_terminated_resource_keeps_its_row_and_reason() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB)), 0.0)
    table.apply(partial(1, gone(BOB, "rejected")), 1.0)
    instance = table.rows[BOB].instances["1"]
    assert (instance.state, instance.reason, instance.said) == ("terminated", "rejected", None)


@pytest.mark.req("R4662-5.6.2-3")
def test_full_state_takes_terminated_resources_off() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB), contact(CLAIRE)), 0.0)
    table.apply(partial(1, gone(BOB, "noresource")), 1.0)
    table.apply(full(2, contact(CLAIRE)), 2.0)
    assert list(table.rows) == [CLAIRE]


def test_age_counts_from_the_last_change_not_from_the_last_telling() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB), contact(CLAIRE)), 10.0)
    table.apply(full(1, contact(BOB), contact(CLAIRE, "closed")), 20.0)
    assert [row.since for row in table.rows.values()] == [10.0, 20.0]


def test_rows_say_which_document_told_them() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB), contact(CLAIRE)), 0.0)
    table.apply(partial(1, contact(CLAIRE)), 1.0)
    told = [(row.version, row.full_state) for row in table.rows.values()]
    assert told == [(0, True), (1, False)]

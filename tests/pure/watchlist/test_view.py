"""What the terminal shows."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from rls.domain.aggregate import ResourceView
from sipworker.sip.headers import SubscriptionState
from sipworker.watchlist.printable import message_text, printable
from sipworker.watchlist.report import Report
from sipworker.watchlist.table import ListTable
from sipworker.watchlist.view import age, summary, table_view
from tests.pure.watchlist.lists import BOB, CLAIRE, DORA, contact, encoded, full, gone, nesting


def shown(table: ListTable, now: float = 0.0) -> list[list[str]]:
    """The cells of each row."""
    console = Console(file=StringIO(), width=200)
    console.print(table_view(table, now))
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]


def test_row_tells_state_note_age_version_and_kind() -> None:
    table = ListTable()
    table.apply(full(4, contact(BOB, "open", "At my desk")), 0.0)
    assert shown(table, 65.0) == [[BOB, "", "open", "At my desk", "1 min", "4", "full"]]


def test_resource_that_nothing_is_known_of_is_said() -> None:
    table = ListTable()
    table.apply(full(0, gone(BOB, "noresource"), ResourceView(CLAIRE)), 0.0)
    assert [row[2] for row in shown(table)] == ["terminated (noresource)", "not known yet"]
    assert not table.complete


def test_inner_list_stands_indented_below_its_resource() -> None:
    table = ListTable()
    table.apply(nesting(0, True, DORA, encoded(0, True, contact(BOB), uri=DORA)), 0.0)
    console = Console(file=StringIO(), width=200)
    console.print(table_view(table, 0.0))
    assert isinstance(console.file, StringIO)
    assert f"│   {BOB}" in console.file.getvalue()


def test_markup_and_escape_sequences_of_others_are_shown_not_obeyed() -> None:
    table = ListTable()
    table.apply(full(0, contact(BOB, "open", "[red]\u202eevil")), 0.0)
    assert shown(table)[0][3] == "[red]\\u202eevil"


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (7300, "2 h")]
)
def test_age(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_control_characters_are_spelled_out() -> None:
    assert printable("a\x1b[2Jb\x07\n") == "a\\x1b[2Jb\\x07\n"


def test_raw_message_keeps_its_lines_and_shows_stray_bytes() -> None:
    assert message_text(b"SIP/2.0 200 OK\r\n\r\n\xff") == "SIP/2.0 200 OK\n\n\\xff"


def test_summary_of_a_final_notify() -> None:
    report = Report(7, SubscriptionState("terminated", "timeout"), 0, "no body")
    assert summary(report) == "NOTIFY 7: terminated, reason timeout, 0 bytes, no body"


def test_summary_says_what_was_unreadable() -> None:
    report = Report(2, SubscriptionState("active", expires=60), 9, "unreadable", problem="no boundary")
    assert summary(report) == "NOTIFY 2: active, 60 s left, 9 bytes, unreadable: no boundary"

"""Moments and documents as HTML."""

from __future__ import annotations

import time

import pytest

from rls.drawing import badges, texts, times
from rls.models import Presentity

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (0, "now"),
        (-3, "3 s ago"),
        (-200, "3 min ago"),
        (-7300, "2 h ago"),
        (-200_000, "2 d ago"),
        (59, "in 59 s"),
        (3600, "in 1 h"),
    ],
)
def test_moment_is_told_in_its_greatest_unit(offset: float, words: str) -> None:
    assert times.relative(NOW + offset, NOW) == words


def test_exact_time_is_there_on_hover() -> None:
    assert 'title="2027-01-15 08:00:00 UTC"' in times.moment(NOW)


def test_no_moment_is_nothing() -> None:
    assert times.moment(0) == ""
    assert times.deadline(0) == ""


def test_passed_deadline_is_conspicuous() -> None:
    assert "rls-bad" in times.deadline(time.time() - 60)
    assert "rls-bad" not in times.deadline(time.time() + 60)


def test_xml_is_indented_and_escaped() -> None:
    shown = texts.document(b"<a><b>x &lt;script&gt;</b></a>")
    assert "&lt;a&gt;\n  &lt;b&gt;x &amp;lt;script&amp;gt;&lt;/b&gt;\n&lt;/a&gt;" in shown


def test_body_that_is_no_xml_is_escaped_too() -> None:
    assert "&lt;script&gt;\ufffd" in texts.document(b"<script>\xff")


def test_long_body_is_cut() -> None:
    shown = texts.document(b"x" * (texts.SHOWN + 1))
    assert shown.count("x") == texts.SHOWN
    assert "…" in shown


def test_note_of_a_user_is_escaped() -> None:
    body = b'<p xmlns="urn:ietf:params:xml:ns:pidf"><note>&lt;img src=x&gt;</note></p>'
    row = Presentity(content_type="application/pidf+xml", presence_state=body)
    assert "<img" not in badges.resource_state(row)


def test_routes_stand_one_below_the_other() -> None:
    shown = texts.route_set("<sip:a.example;lr>, <sip:b.example;lr>")
    assert shown.count("</code>") == 2

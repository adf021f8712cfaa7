"""The integrity report, on real PostgreSQL."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from tests.django.xcap.documents import LISTS_ROOT, inline, lists, pointing, services

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put

MINE = f"{LISTS_ROOT}/sip:alice@example.test/index/~~/resource-lists/"
BOBS = "resource-lists/users/sip:bob@example.test/index/~~/resource-lists"
ELSEWHERE = BOBS.replace("@example.test", "@x.test")
TEAM = "sip:team@example.test"


def report(*options: str) -> tuple[int, str]:
    """Exit code and output."""
    out = StringIO()
    try:
        call_command("checklists", *options, stdout=out)
    except SystemExit as error:
        assert isinstance(error.code, int)
        return error.code, out.getvalue()
    return 0, out.getvalue()


def findings() -> list[tuple[str, str, str]]:
    code, output = report("--json")
    rows = json.loads(output)["findings"]
    assert code == bool(rows)
    assert all(row["advice"] for row in rows)
    return [(row["kind"], row["where"], row["problem"]) for row in rows]


def force(body: bytes, **where: Any) -> None:
    """Writes a document past the store, as another program does."""
    from xcap.models import Document

    key = {"username": "alice", "domain": "example.test", "doc_type": 4, "doc_uri": "index", **where}
    Document.objects.update_or_create(**key, defaults={"doc": body, "etag": "e"})


def test_sound_lists_have_no_findings(put: Put) -> None:
    put("resource-lists", lists('<list name="friends"><entry uri="sip:bob@x.test"/></list>'))
    put("rls-services", services(pointing(TEAM, MINE + "list")))
    assert report() == (0, "2 documents checked, 0 findings.\n")


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (pointing(TEAM, MINE + "list%5B@name=%22gone%22%5D"), "dangling-list", "there is no document"),
        (inline(TEAM, "sip:b@x.test", "sip:b@X.test"), "duplicate-entry", "sip:b@X.test stands there twice"),
        (inline(TEAM, "tel:+49"), "not-sip", "tel:+49 is no SIP URI"),
    ],
)
def test_finding_in_a_service(put: Put, content: str, kind: str, words: str) -> None:
    put("rls-services", services(content))
    ((found, where, problem),) = findings()
    assert (found, where) == (kind, TEAM)
    assert words in problem


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (f'<entry-ref ref="{BOBS}/list/entry"/>', "dangling-entry", "there is no document resource-lists"),
        (f'<entry-ref ref="{ELSEWHERE}/list/entry"/>', "dangling-entry", "does not allow"),
        (f'<external anchor="{MINE}list%5B2%5D"/>', "dangling-external", "list%5B2%5D"),
        (f'<external anchor="{MINE}list/entry"/>', "dangling-external", "is a <entry>, not a <list>"),
        (f'<external anchor="http://far.test/xcap-root/{BOBS}/list"/>', "dangling-external", "not below the"),
        (
            f'<external anchor="http://127.0.0.1/xcap-root/{BOBS}/list"/>',
            "dangling-external",
            "is not a list of",
        ),
        ('<list name="in"><entry uri="sip:me@x.test"/></list>', "duplicate-entry", "sip:me@x.test"),
    ],
)
def test_finding_in_a_list(put: Put, content: str, kind: str, words: str) -> None:
    put("resource-lists", lists(f'<list name="a"><entry uri="sip:me@x.test"/>{content}</list>'))
    ((found, where, problem),) = findings()
    assert (found, where) == (kind, "a")
    assert words in problem


def test_what_another_program_wrote(put: Put) -> None:
    force(services(inline(TEAM), f'<service uri="{TEAM}2"/>'), doc_type=8)
    force(lists("<list><entry/></list>"), doc_uri="phone")
    force(b"<nonsense", doc_uri="other")
    force(lists(""), username="nobody")
    assert [(kind, where) for kind, where, _ in findings()] == [
        ("malformed", ""),
        ("no-uri", "[1]"),
        ("no-list", f"{TEAM}2"),
        ("unreachable-service", TEAM),
        ("unreachable-service", f"{TEAM}2"),
        ("no-subscriber", ""),
    ]


def test_list_that_is_too_long(put: Put, settings: Any) -> None:
    settings.RLS_LIST_LIMIT = 1
    put("rls-services", services(inline(TEAM, "sip:a@x.test", "sip:b@x.test")))
    assert findings() == [("too-long", TEAM, "more than 1 entries")]


def test_report_for_people_names_the_document_and_gives_advice(put: Put) -> None:
    put("rls-services", services(inline(TEAM, "tel:1")))
    assert report("--user", "bob@example.test")[0] == 0
    code, text = report("--user", "alice@example.test")
    assert code == 1
    assert text.splitlines() == [
        f"rls-services/users/sip:alice@example.test/index, {TEAM}",
        "  not-sip: tel:1 is no SIP URI",
        "  Write it as sip:name@domain; entries of other schemes are left out of subscriptions.",
        "1 documents checked, 1 findings.",
    ]


def test_global_lists_are_checked_as_all_others(put: Put) -> None:
    missing = f"{LISTS_ROOT.removesuffix('/users')}/global/gone/~~/resource-lists/list"
    force(
        lists(f'<list name="all"><entry uri="tel:+49"/><external anchor="{missing}"/></list>'),
        username="",
        domain="",
        doc_uri="company",
    )
    assert [(kind, where) for kind, where, _ in findings()] == [
        ("not-sip", "all"),
        ("dangling-external", "all"),
    ]
    assert "resource-lists/global/company" in report()[1]

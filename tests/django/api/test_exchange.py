"""Lists go in and out as tables and address cards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.django.api.client import ROOT, Api
from xcap.models import Document, Version

pytestmark = pytest.mark.django_db
TABLE = "list,uri,name\nfriends,sip:bob@example.test,Bob\nfriends,claire@example.test,\n"
CARD = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Dan\r\nIMPP:sip:dan@example.test\r\nCATEGORIES:friends\r\nEND:VCARD\r\n"
)


def send(api: Api, text: str, query: str = "", kind: str = "text/csv", **headers: str) -> Any:
    """The response of Django's test client, which may be streamed."""
    headers["Authorization"] = f"Bearer {api.token}"
    return Client().post(f"{ROOT}import{query}", text.encode(), content_type=kind, headers=headers)


def export(api: Api, query: str = "", **headers: str) -> Any:
    return Client().get(f"{ROOT}export{query}", headers={"Authorization": f"Bearer {api.token}", **headers})


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def entries(api: Api) -> list[tuple[str, str]]:
    rows = api.get("lists/me/friends/entries").body["entries"]
    return [(row["uri"], row["display_name"]) for row in rows]


def test_table_becomes_lists(alice: Api) -> None:
    imported = send(alice, TABLE)
    assert imported.status_code == 200
    assert imported.json()["lists"][0] == {
        "owner": "alice@example.test",
        "list": "friends",
        "stored": True,
        "refused": False,
        "lines": [
            {"change": "added", "line": 0, "text": "the list friends"},
            {"change": "added", "line": 2, "text": "sip:bob@example.test Bob"},
            {"change": "added", "line": 3, "text": "sip:claire@example.test"},
        ],
    }
    assert entries(alice) == [("sip:bob@example.test", "Bob"), ("sip:claire@example.test", "")]
    assert Version.objects.get().author == "alice@example.test (REST)"


def test_cards_become_entries_and_what_is_there_stays(alice: Api) -> None:
    alice.make_list("friends", "sip:bob@example.test")
    assert send(alice, CARD, kind="text/vcard; charset=utf-8").status_code == 200
    assert entries(alice) == [("sip:bob@example.test", ""), ("sip:dan@example.test", "Dan")]


def test_replacing_removes_what_the_file_lacks(alice: Api) -> None:
    alice.make_list("friends", "sip:bob@example.test", "sip:eve@example.test")
    lines = send(alice, TABLE, "?replace=true").json()["lists"][0]["lines"]
    assert [line["change"] for line in lines] == ["changed", "added", "removed"]
    assert entries(alice) == [("sip:bob@example.test", "Bob"), ("sip:claire@example.test", "")]


def test_dry_run_says_the_same_and_changes_nothing(alice: Api) -> None:
    tried = send(alice, TABLE, "?dry_run=true").json()
    assert not Document.objects.exists()
    assert tried["dry_run"] is True and tried["lists"][0]["stored"] is False
    assert send(alice, TABLE).json()["lists"][0]["lines"] == tried["lists"][0]["lines"]


def test_list_with_a_mistake_is_refused_whole_and_the_others_are_not(alice: Api) -> None:
    imported = send(alice, f"{TABLE}work,sip:dan@example.test,\nwork,101,\n").json()
    assert [(each["list"], each["stored"], each["refused"]) for each in imported["lists"]] == [
        ("friends", True, False),
        ("work", False, True),
    ]
    assert imported["refused"] == 1
    assert imported["lists"][1]["lines"][0] == {
        "change": "refused",
        "line": 5,
        "text": "'101' is not a SIP URI; write it as sip:name@domain",
    }
    assert [each["name"] for each in alice.get("lists").body["results"]] == ["friends"]


def test_progress_is_a_line_for_each_list(alice: Api) -> None:
    accept = {"Accept": "application/x-ndjson"}
    response = send(alice, f"{TABLE}sip:team@example.test,sip:dan@example.test,\n", **accept)
    assert response["Content-Type"] == "application/x-ndjson; charset=utf-8"
    pieces = iter(response.streaming_content)
    assert json.loads(next(pieces))["list"] == "friends"
    assert [each["name"] for each in alice.get("lists").body["results"]] == ["friends"]
    assert alice.get("services").body["results"] == []
    assert json.loads(next(pieces))["stored"] is True
    assert alice.get("services").body["results"][0]["uri"] == "sip:team@example.test"


def test_subscriber_imports_to_own_lists_only(alice: Api, bob: Api) -> None:
    foreign = send(bob, "user,list,uri\nbob@example.test,x,a@b\nalice@example.test,x,a@b\n")
    assert (foreign.status_code, foreign["Content-Type"]) == (403, "application/problem+json")
    assert "Line 3" in foreign.json()["detail"]
    assert send(bob, TABLE, "?owner=alice@example.test").status_code == 403
    assert not Document.objects.exists()


def test_operator_imports_for_everybody(operator: Api, alice: Api, bob: Api) -> None:
    table = "user,list,uri\nbob@example.test,x,a@b\n,x,a@b\nnobody@example.test,x,a@b\n"
    imported = send(operator, table, "?owner=alice@example.test").json()
    assert [(each["owner"], each["stored"]) for each in imported["lists"]] == [
        ("alice@example.test", True),
        ("bob@example.test", True),
        ("nobody@example.test", False),
    ]
    nobody = send(operator, TABLE).json()
    assert nobody["refused"] == 1
    assert nobody["lists"][0]["lines"][0]["text"].startswith("no user is named")


@pytest.mark.parametrize(
    ("text", "query", "kind", "status"),
    [
        ("", "", "text/csv", 400),
        ("name\nBob\n", "", "text/csv", 400),
        ("BEGIN:VCARD\nFN:x\n", "", "text/vcard", 400),
        (TABLE, "?dry-run=true", "text/csv", 400),
        (TABLE, "?dry_run=perhaps", "text/csv", 400),
        ("[]", "", "application/json", 415),
        (" " * 3_000_000, "", "text/csv", 413),
    ],
)
def test_mistakes_are_problems(alice: Api, text: str, query: str, kind: str, status: int) -> None:
    refused = send(alice, text, query, kind)
    assert (refused.status_code, refused["Content-Type"]) == (status, "application/problem+json")
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "text/csv"),
        ("", "text/vcard", "text/vcard"),
        ("?format=vcard", "*/*", "text/vcard"),
        ("?format=csv", "application/json, */*", "text/csv"),
    ],
)
def test_what_is_exported_can_be_imported_again(
    alice: Api, bob: Api, query: str, accept: str, kind: str
) -> None:
    send(alice, TABLE)
    exported = export(alice, query, Accept=accept)
    assert exported["Content-Type"] == f"{kind}; charset=utf-8"
    assert "attachment" in exported["Content-Disposition"]
    text = text_of(exported).replace("alice@example.test", "bob@example.test")
    assert send(bob, text, kind=kind).json()["refused"] == 0
    assert entries(bob) == entries(alice)


def test_export_has_own_lists_operators_those_of_all(alice: Api, bob: Api, operator: Api) -> None:
    for api in (alice, bob):
        send(api, TABLE)
    assert text_of(export(alice)).splitlines()[1:] == [
        "alice@example.test,friends,sip:bob@example.test,Bob",
        "alice@example.test,friends,sip:claire@example.test,",
    ]
    assert len(text_of(export(operator)).splitlines()) == 5
    assert len(text_of(export(operator, "?owner=bob@example.test")).splitlines()) == 3
    assert text_of(export(operator, "?list=family")).splitlines() == ["user,list,uri,name"]
    assert export(bob, "?owner=alice@example.test").status_code == 403
    refused = export(bob, Accept="image/png")
    assert (refused.status_code, refused["Content-Type"]) == (406, "application/problem+json")

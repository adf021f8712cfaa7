"""Moving from OpenSIPS and from Kamailio."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rls.domain import digest
from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends, inline, pointing, services
from tests.django.xcap.exchange.conftest import run as run
from tests.django.xcap.peers.conftest import LATER, Rows

if TYPE_CHECKING:
    from tests.django.xcap.exchange.conftest import Run
    from tests.django.xcap.peers.conftest import Peer

TEAM = services(inline("sip:team@example.test", "sip:bob@x.test"))
HA1 = digest.ha1("MD5", "bob", "example.test", "secret")


def of(username: str, doc_type: int, doc: bytes, doc_uri: str = "index") -> dict[str, object]:
    return {
        "username": username,
        "domain": "Example.test",
        "doc": doc,
        "doc_type": doc_type,
        "etag": "e",
        "doc_uri": doc_uri,
    }


def users(*names: str) -> list[dict[str, object]]:
    return [{"username": name, "domain": "example.test", "password": "secret"} for name in names]


OPENSIPS: Rows = {
    "subscriber": [
        *users("alice"),
        {"username": "bob", "domain": "example.test", "password": "", "ha1": HA1, "ha1_sha256": ""},
        {"username": "carl", "domain": "example.test", "password": "", "ha1": ""},
    ],
    "xcap": [
        of("alice", 8, TEAM),
        of("alice", 4, friends("sip:bob@x.test")),
        of("bob", 8, services(pointing("sip:b@example.test", "http://old.test/xcap-root/resource-lists/x"))),
        of("bob", 4, b"<nonsense"),
        of("carl", 4, friends()),
        of("alice", 4096, b"<x/>"),
    ],
    "rls_watchers": [
        {"presentity_uri": "sip:team@example.test", "watcher_username": "alice", "expires": LATER},
        {"presentity_uri": "sip:gone@example.test", "watcher_username": "alice", "expires": LATER},
        {"presentity_uri": "sip:old@example.test", "watcher_username": "alice", "expires": 1},
    ],
}


def test_opensips_is_taken_over_and_the_rest_is_explained(peer: Peer, run: Run) -> None:
    lines = run("import_opensips", peer(OPENSIPS)).splitlines()
    expected = [
        "+ subscriber alice@example.test",
        "+ subscriber bob@example.test: by MD5 only, until its password is set again",
        "! subscriber carl@example.test: it has neither a password nor an HA1",
        "+ rls-services/users/sip:alice@example.test/index",
        "+ resource-lists/users/sip:alice@example.test/index",
        "! rls-services/users/sip:bob@example.test/index: constraint-failure: ",
        "! resource-lists/users/sip:bob@example.test/index: not-well-formed: ",
        "! resource-lists/users/sip:carl@example.test/index: there is no subscriber sip:carl@example.test",
        "! doc_type 4096/users/sip:alice@example.test/index: this server has no application usage for it",
        "! 2 subscriptions to 2 lists: their dialogs belong to the old server; ",
        "! sip:gone@example.test, watched by 1: no such list here",
        "4 taken, 0 there already, 7 not taken.",
    ]
    assert len(lines) == len(expected)
    assert [line for line, start in zip(lines, expected, strict=True) if not line.startswith(start)] == []
    assert "add its host to ALLOWED_HOSTS" in lines[5]
    assert lines[9].endswith("the last one expires at 2038-01-19 03:14 UTC")


def test_users_authenticate_and_lists_are_found_after_it(peer: Peer, run: Run) -> None:
    from rls.models import Subscriber
    from xcap import lookup
    from xcap.models import Version
    from xcap.resolution import ResolvedService

    run("import_opensips", peer(OPENSIPS))
    assert XcapClient("alice").get(path_of("rls-services")).content == TEAM
    assert Subscriber.objects.get(username="bob").ha1_md5 == HA1
    found = lookup.resolve(["sip:team@example.test"])["sip:team@example.test"]
    assert isinstance(found, ResolvedService)
    assert {each.author for each in Version.objects.all()} == {"manage.py import_opensips"}


def test_second_import_takes_nothing_and_keeps_what_was_changed_here(peer: Peer, run: Run) -> None:
    from xcap.models import Document

    url = peer({"subscriber": users("alice"), "xcap": [of("alice", 8, TEAM)]})
    run("import_opensips", url)
    assert run("import_opensips", url) == "0 taken, 2 there already, 0 not taken.\n"
    XcapClient("alice").put(path_of("rls-services"), services())
    assert "another document is here already; --overwrite replaces it" in run("import_opensips", url)
    assert bytes(Document.objects.get().doc) == services()
    assert "1 taken" in run("import_opensips", url, "--overwrite")
    assert bytes(Document.objects.get().doc) == TEAM


def test_dry_run_says_the_same_and_writes_nothing(peer: Peer, run: Run) -> None:
    from rls.models import Subscriber
    from xcap.models import Document, Version

    url = peer(OPENSIPS)
    dry = run("import_opensips", url, "--dry-run")
    assert [model.objects.count() for model in (Subscriber, Document, Version)] == [0, 0, 0]
    assert run("import_opensips", url) == dry.replace(" (dry run: nothing is written)", "")


def test_kamailio_names_documents_by_the_whole_path(peer: Peer, run: Run) -> None:
    from xcap.models import Document

    rules = b'<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"/>'
    root = "/xcap-root/{}/users/sip:alice@example.test/{}"
    url = peer(
        {
            "subscriber": users("alice"),
            "xcap": [
                of("alice", 8, TEAM, root.format("rls-services", "index")),
                of("alice", 4, friends(), root.format("resource-lists", "my%20lists")),
                of("alice", 2, rules, root.format("org.openmobilealliance.pres-rules", "pres-rules")),
                of("alice", 256, b"<x/>", "/xcap-root/xcap-caps/global/index"),
            ],
        }
    )
    lines = run("import_kamailio", url).splitlines()
    assert lines[-1] == "4 taken, 0 there already, 1 not taken."
    stored = Document.objects.order_by("pk").values_list("doc_type", "doc_uri")
    assert list(stored) == [(8, "index"), (4, "my lists"), (32, "pres-rules")]


def test_database_that_cannot_be_read_is_explained(db: None, run: Run, tmp_path: Path) -> None:
    assert "cannot be opened: write it like postgresql://" in run("import_opensips", "nonsense")
    url = f"sqlite:///{tmp_path / 'empty'}"
    assert "There is no table xcap; is this the database of Kamailio?" in run("import_kamailio", url)
    with closing(sqlite3.connect(tmp_path / "empty")) as database:
        database.execute("create table xcap (id integer, username text, domain text, doc blob)")
    words = "The table xcap has no column doc_type, doc_uri. Nothing was taken."
    assert words in run("import_kamailio", url)
    for scheme in ("postgresql", "mysql"):
        assert "cannot be opened" in run("import_opensips", f"{scheme}://nobody@127.0.0.1:1/x")

"""manage.py importlists, on real PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import lists, pointing, services

if TYPE_CHECKING:
    from rls.models import Subscriber
    from tests.django.xcap.conftest import Put, Subscribe
    from tests.django.xcap.exchange.conftest import Run

HEADER = "user,list,uri,name\n"
ALICE = "alice@example.test"
FRIENDS = lists(
    '\n  <!-- by hand --><list  name="friends">\n    <entry uri="sip:bob@x.test">'
    '<display-name>Bob</display-name><ext xmlns="urn:x"/></entry>\n'
    '    <entry uri="sip:claire@x.test"/>\n  </list>\n'
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "lists.csv"


def stored(user: str = "alice", auid: str = "resource-lists") -> bytes | None:
    from xcap.models import Document
    from xcap.usages import USAGES

    document = Document.objects.filter(username=user, doc_type=USAGES[auid].doc_type).first()
    return bytes(document.doc) if document else None


def test_new_list_is_read_over_xcap(alice: Subscriber, table: Path, run: Run) -> None:
    table.write_text(f"{HEADER}{ALICE},friends,bob@x.test,Bob & Co\n{ALICE},friends,sip:c@x.test,\n")
    assert run("importlists", str(table)).splitlines() == [
        "[1 of 1] alice@example.test, list friends: +3 -0 ~0, 0 stay",
        "  + the list friends",
        "  + line 2: sip:bob@x.test Bob & Co",
        "  + line 3: sip:c@x.test",
    ]
    body = XcapClient().get(path_of("resource-lists")).content
    assert b'<entry uri="sip:bob@x.test"><display-name>Bob &amp; Co</display-name></entry>' in body
    assert b'<entry uri="sip:c@x.test"/>' in body


def test_merging_leaves_everything_else_as_it_was(put: Put, table: Path, run: Run) -> None:
    put("resource-lists", FRIENDS)
    table.write_text(f"{HEADER}{ALICE},friends,sip:bob@X.test,Robert\n{ALICE},friends,sip:dave@x.test,\n")
    assert "~ line 2: sip:bob@x.test 'Bob' becomes 'Robert'" in run("importlists", str(table))
    assert stored() == FRIENDS.replace(b">Bob<", b">Robert<").replace(
        b'<entry uri="sip:claire@x.test"/>',
        b'<entry uri="sip:claire@x.test"/>\n    <entry uri="sip:dave@x.test"/>',
    )


def test_replacing_removes_and_orders(put: Put, table: Path, run: Run) -> None:
    from xcap.documents.entries import entries
    from xcap.documents.labels import locate
    from xcap.documents.validation import parse

    put("resource-lists", FRIENDS)
    table.write_text("uri\nsip:dave@x.test\nsip:bob@x.test\n")
    output = run("importlists", str(table), "--user", ALICE, "--list", "friends", "--replace")
    assert "- sip:claire@x.test" in output
    assert "~ line 3: sip:bob@x.test 'Bob' becomes 'no name'" in output
    body = stored()
    assert body
    uris = [entry.uri for entry in entries(locate("friends")(parse(body)))]
    assert uris == ["sip:dave@x.test", "sip:bob@x.test"]
    assert b'<ext xmlns="urn:x"/>' in body


def test_dry_run_says_the_same_and_writes_nothing(put: Put, table: Path, run: Run) -> None:
    from xcap.models import Version

    put("resource-lists", FRIENDS)
    table.write_text(
        f"{HEADER}{ALICE},friends,sip:dave@x.test,Dave\n{ALICE},sip:t@example.test,sip:b@x.test,\n"
    )
    dry = run("importlists", str(table), "--dry-run")
    assert "dry run" in dry
    assert stored() == FRIENDS
    assert stored(auid="rls-services") is None
    assert Version.objects.count() == 1
    assert run("importlists", str(table)) == dry.replace(" (dry run)", "")
    assert stored() != FRIENDS


def test_refused_list_leaves_the_others(subscribe: Subscribe, table: Path, run: Run) -> None:
    subscribe(ALICE)
    rows = [
        f"{ALICE},good,sip:b@x.test,",
        f"{ALICE},bad,sip:b@x.test,",
        f"{ALICE},bad,101,",
        "nobody@example.test,some,sip:b@x.test,",
        f"{ALICE},sip:alice@example.test,sip:b@x.test,",
        f"{ALICE},sip:team@example.test,sip:b@x.test,",
    ]
    table.write_text(HEADER + "\n".join(rows))
    output = run("importlists", str(table))
    assert "  ! line 4: '101' is not a SIP URI; write it as sip:name@domain" in output
    assert "  ! there is no subscriber sip:nobody@example.test; create it first" in output
    assert "taken or double" in output
    assert output.endswith("CommandError: 3 of 5 lists were refused; nothing of them was written.\n")
    body, service = stored(), stored(auid="rls-services")
    assert body and b'name="good"' in body and b'name="bad"' not in body
    assert service and b"team@example.test" in service and b"alice@example.test" not in service


def test_list_of_a_service_is_found_by_subscribers(alice: Subscriber, table: Path, run: Run) -> None:
    from xcap import lookup
    from xcap.resolution import ResolvedService

    table.write_text(f"{HEADER}{ALICE},sip:team@example.test,sip:b@x.test,B\n")
    run("importlists", str(table))
    found = lookup.resolve(["sip:team@example.test"])["sip:team@example.test"]
    assert isinstance(found, ResolvedService)
    assert [entry.uri for entry in found.flat.entries] == ["sip:b@x.test"]


def test_service_that_points_to_a_list_says_where_to_write(put: Put, table: Path, run: Run) -> None:
    there = (
        "http://localhost/xcap-root/resource-lists/users/sip:alice@example.test/index/~~/resource-lists/list"
    )
    put("rls-services", services(pointing("sip:team@example.test", there)))
    table.write_text(f"{HEADER}{ALICE},sip:team@example.test,sip:b@x.test,B\n")
    assert f"stands elsewhere: {there}; change it there" in run("importlists", str(table))


def test_import_is_one_version_of_each_document(alice: Subscriber, table: Path, run: Run) -> None:
    from xcap.models import Version

    table.write_text(HEADER + "".join(f"{ALICE},list {n},sip:b@x.test,\n" for n in range(5)))
    run("importlists", str(table))
    (version,) = Version.objects.all()
    assert version.author == "manage.py importlists"


def test_twice_in_a_file_counts_once_and_twice_imported_changes_nothing(
    alice: Subscriber, table: Path, run: Run
) -> None:
    table.write_text(f"{HEADER}{ALICE},f,sip:b@x.test,B\n{ALICE},f,sip:b@X.test,C\n")
    assert "= line 3: sip:b@X.test stands on line 2 already" in run("importlists", str(table), "-v2")
    before = stored()
    assert "+0 -0 ~0, 2 stay" in run("importlists", str(table))
    assert stored() == before


def test_unreadable_file_is_explained(table: Path, run: Run) -> None:
    assert "No such file" in run("importlists", str(table))
    table.write_text("nonsense")
    assert "the first line has to name the columns" in run("importlists", str(table))

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.django.xcap.documents import inline, lists, services

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put, Subscribe
    from tests.django.xcap.exchange.conftest import Run

CONTENT = lists(
    '<list name="friends"><entry uri="sip:bob@x.test"><display-name>Bob, B.</display-name></entry>'
    '<list name="close"><entry uri="sip:c@x.test"/></list>'
    '<entry-ref ref="resource-lists/users/sip:a@b.test/index/~~/x"/></list>'
)


def test_table_has_every_entry_and_says_what_it_left_out(put: Put, run: Run) -> None:
    put("resource-lists", CONTENT)
    put("rls-services", services(inline("sip:team@example.test", "sip:d@x.test")))
    assert run("exportlists").splitlines() == [
        "user,list,uri,name",
        'alice@example.test,friends,sip:bob@x.test,"Bob, B."',
        "alice@example.test,friends/close,sip:c@x.test,",
        "left out: alice@example.test, list friends: a reference to "
        "resource-lists/users/sip:a@b.test/index/~~/x",
        "alice@example.test,sip:team@example.test,sip:d@x.test,",
    ]
    assert run("exportlists", "--list", "friends/close").splitlines()[1:] == [
        "alice@example.test,friends/close,sip:c@x.test,"
    ]


@pytest.mark.parametrize("kind", ["csv", "vcard"])
def test_exported_lists_are_imported_by_another_user(
    put: Put, subscribe: Subscribe, run: Run, tmp_path: Path, kind: str
) -> None:
    put("resource-lists", CONTENT)
    subscribe("bob@example.test")
    text = run("exportlists", "--user", "alice@example.test", "--format", kind)
    text = "\n".join(line for line in text.splitlines() if not line.startswith("left out"))
    file = tmp_path / "lists"
    file.write_text(text.replace("alice@example.test", "bob@example.test"))
    run("importlists", str(file), "--user", "bob@example.test")
    again = run("exportlists", "--user", "bob@example.test", "--format", kind)
    assert again.replace("\r\n", "\n").strip() == file.read_text().strip()


def test_user_without_lists_is_an_error(db: None, run: Run) -> None:
    assert run("exportlists", "--user", "x@y.test") == "CommandError: x@y.test has no lists.\n"

"""Services are added and changed, and nothing else in the document is."""

from __future__ import annotations

from dataclasses import replace

from tests.pure.xcap.surroundings import RL, RS, accepted
from xcap.documents import empty, services
from xcap.documents.entries import ListEntry, entries
from xcap.documents.services import ListService
from xcap.documents.sharing import Sharing
from xcap.documents.splice import Splices
from xcap.usages import RLS_SERVICES

ROOT = "http://xcap.example.test/xcap-root/resource-lists/users/sip:alice@example.test/index/~~/"
DOCUMENT = f"""<rls-services xmlns="{RS}" xmlns:rl="{RL}" xmlns:x="urn:x">
  <service uri="sip:a@example.test" x:y="1"> <!-- inside -->
    <list><rl:entry uri="sip:bob@a"/></list>
    <packages><package>presence</package></packages>
    <x:z/>
  </service>
</rls-services>
""".encode()
A = ListService("sip:a@example.test", None, ("presence",))


def changed(wanted: ListService, document: bytes = DOCUMENT) -> bytes:
    edit = Splices(document)
    services.change(edit, services.locate(edit.root, "SIP:a@EXAMPLE.test"), wanted)
    accepted(edit.result(), RLS_SERVICES)
    return edit.result()


def test_what_stays_is_not_touched() -> None:
    assert changed(A) == DOCUMENT


def test_uri_and_packages_change_by_themselves() -> None:
    assert changed(ListService("sip:b@example.test", None, ("presence",))) == DOCUMENT.replace(
        b"sip:a@", b"sip:b@"
    )
    assert changed(ListService(A.uri, None, None)) == DOCUMENT.replace(
        b"\n    <packages><package>presence</package></packages>", b""
    )
    assert changed(ListService(A.uri, None, ("dialog", "presence"))) == DOCUMENT.replace(
        b"<package>presence", b"<package>dialog</package><package>presence"
    )


def test_sharing_is_said_changed_and_taken_out_by_itself() -> None:
    opened = changed(replace(A, sharing=Sharing("users", ("sip:bob@a", "sip:c@a"))))
    users = b'<user uri="sip:bob@a"/><user uri="sip:c@a"/>'
    said = b'<sharing xmlns="urn:rls:sharing" access="users">' + users + b"</sharing>"
    assert opened == DOCUMENT.replace(b"<x:z/>", b"<x:z/>\n    " + said)
    closed = changed(replace(A, sharing=Sharing("owner")), opened)
    assert closed == opened.replace(said, b'<sharing xmlns="urn:rls:sharing" access="owner"/>')
    assert changed(A, closed) == DOCUMENT


def test_list_inside_gives_way_to_a_pointer_and_the_pointer_to_another() -> None:
    pointed = changed(ListService(A.uri, f"{ROOT}a", A.packages))
    assert pointed == DOCUMENT.replace(
        b'<list><rl:entry uri="sip:bob@a"/></list>', f"<resource-list>{ROOT}a</resource-list>".encode()
    )
    assert changed(ListService(A.uri, f"{ROOT}b", A.packages), pointed) == pointed.replace(b"~~/a", b"~~/b")


def test_new_services_with_a_list_inside_or_a_pointer() -> None:
    edit = Splices(empty.SERVICES)
    services.add(edit, A, [ListEntry("sip:bob@a", "Bob")])
    edit = Splices(edit.result())
    pointing = ListService("sip:b@example.test", f"{ROOT}a&b", None, Sharing("users", ("sip:c@a",)))
    services.add(edit, pointing)
    root = accepted(edit.result(), RLS_SERVICES)
    assert [services.read(each) for each in services.services(root)] == [A, pointing]
    assert entries(services.inline_list(root, A.uri)) == [ListEntry("sip:bob@a", "Bob")]

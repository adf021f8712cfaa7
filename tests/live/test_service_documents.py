"""rls-services documents as RFC 4826 has them: put by XCAP, found by SUBSCRIBE."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.live.conftest import PutList
from tests.live.rig import documents
from tests.live.rig.database import PASSWORD
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain
from tests.live.rig.xcap import MEDIA_TYPES, XcapClient
from tests.live.rig.xcaplib import XcapLib

RL = 'xmlns:rl="urn:ietf:params:xml:ns:resource-lists"'


@pytest.fixture
def alice(server: ListServer, domain: str) -> XcapClient:
    return server.xcap(f"alice@{domain}")


@pytest.fixture
def uri(domain: str) -> str:
    return f"sip:alice-list@{domain}"


def conflict(server: ListServer, user: str, document: str) -> str:
    """The document with the error that a PUT of services is answered with (RFC 4825 section 11)."""
    client = XcapLib(f"{server.http}/xcap-root", user, PASSWORD)
    refused = client.put("rls-services", document.encode(), media_type=MEDIA_TYPES["rls-services"])
    assert (refused.status, refused.media_type) == (409, "application/xcap-error+xml")
    return refused.body.decode()


@pytest.mark.req("R4826-4.2-1")
@pytest.mark.parametrize(
    "content",
    [
        "<list><entry uri='{bob}'/><entry uri='{claire}'/></list>",
        f"<rl:list {RL}><rl:entry uri='{{bob}}'/><rl:entry uri='{{claire}}'/></rl:list>",
    ],
    ids=["as OpenSIPS", "all prefixed"],
)
def test_lists_that_others_stored_may_have_either_namespace(
    content: str, server: ListServer, phone: Phone, resources: Domain, uri: str, domain: str
) -> None:
    """The schema has both, which is asked of what is put here."""
    members = [f"sip:bob@{domain}", f"sip:claire@{domain}"]
    inner = content.format(bob=members[0], claire=members[1])
    server.database.store_list(f"alice@{domain}", uri, documents.rls_services(documents.service(uri, inner)))
    assert phone.subscribe(uri).notify(0).resources == members


@pytest.mark.req("R4826-6-1")
def test_extensions_are_no_members(
    alice: XcapClient, phone: Phone, resources: Domain, uri: str, domain: str
) -> None:
    entry = f'<rl:entry uri="sip:bob@{domain}" x:b="2"><x:entry uri="sip:x@x"/></rl:entry>'
    inner = f'<list xmlns:x="urn:x" x:a="1">{entry}<x:entry uri="sip:y@y"/></list>'
    assert alice.put("rls-services", documents.rls_services(documents.service(uri, inner))) == 201
    assert phone.subscribe(uri).notify(0).resources == [f"sip:bob@{domain}"]


@pytest.mark.req("R4826-3.1-3")
def test_display_names_of_entries_and_of_references_to_them_are_told(
    alice: XcapClient, phone: Phone, resources: Domain, uri: str, domain: str
) -> None:
    entry = f'<entry uri="sip:{{0}}@{domain}"><display-name>{{0}} there</display-name></entry>'
    friends = f'<list name="friends">{entry.format("bob")}{entry.format("claire")}</list>'
    assert alice.put("resource-lists", documents.resource_lists(friends)) == 201
    path = f"resource-lists/users/sip:alice@{domain}/index/~~/resource-lists/list/entry%5b{{}}%5d"
    refs = f'<rl:entry-ref ref="{path.format(1)}"/><rl:entry-ref ref="{path.format(2)}">'
    refs += "<rl:display-name>claire here</rl:display-name></rl:entry-ref>"
    service = documents.service(uri, f"<list>{refs}</list>")
    assert alice.put("rls-services", documents.rls_services(service)) == 201
    body = phone.subscribe(uri).notify(0).message.body
    assert b"<name>bob there</name>" in body
    assert b"<name>claire here</name>" in body and b"claire there" not in body


@pytest.mark.req("R4826-5-1")
def test_a_list_has_one_uri_however_it_is_spelt(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    put_list("bob")
    spelt = (
        f"sip:alice-list@{domain.upper()}",
        f"SIP:%61lice%2Dlist@{domain}",
        f"sip:alice-list@{domain}?subject=x",
    )
    for uri in spelt:
        assert phone.call(uri).subscribe().rows("Require"), uri
    assert not phone.call(f"sip:Alice-list@{domain}").subscribe().rows("Require"), "users have a case"


@pytest.mark.req("R4826-5-1")
def test_parameters_of_a_list_s_uri_come_in_any_order(
    alice: XcapClient, phone: Phone, resources: Domain, uri: str, domain: str
) -> None:
    assert alice.put("rls-services", documents.simple(f"{uri};b=2;a=x", [f"sip:bob@{domain}"])) == 201
    assert phone.call(f"{uri};A=X;b=2").subscribe().rows("Require")
    assert not phone.call(f"{uri};a=x;b=3").subscribe().rows("Require")


@pytest.mark.req("R4826-4.4.5-1")
def test_a_uri_belongs_to_one_service_of_one_user(
    server: ListServer, alice: XcapClient, uri: str, domain: str
) -> None:
    """The others are offered some that are free. The address of a user is none either."""
    document, bob = documents.simple(uri, [f"sip:bob@{domain}"]), f"bob@{domain}"
    assert alice.put("rls-services", document) == 201
    server.database.add_subscriber(bob)
    refusal = conflict(server, bob, document)
    free = re.findall("alt-value>(.+?)<", refusal)
    assert "uniqueness-failure" in refusal
    assert server.xcap(bob).put("rls-services", documents.simple(free[0], [])) == 201
    assert alice.put("rls-services", document) == 200
    assert "uniqueness-failure" in conflict(server, alice.user, documents.simple(f"sip:{bob}", []))


@pytest.mark.req("R4826-4.4.5-2")
def test_a_service_points_into_the_lists_of_its_user_only(
    server: ListServer, alice: XcapClient, uri: str, domain: str
) -> None:
    theirs = server.xcap(f"bob@{domain}").url("resource-lists")
    for pointer in (theirs, alice.url("pres-rules")):
        service = documents.service(uri, f"<resource-list>{pointer}/~~/resource-lists/list</resource-list>")
        assert "constraint-failure" in conflict(server, alice.user, documents.rls_services(service))


@pytest.mark.req("R4826-4.4.7-1")
def test_only_the_index_of_a_user_is_a_document_of_services(
    alice: XcapClient, phone: Phone, resources: Domain, uri: str, domain: str
) -> None:
    document = documents.simple(uri, [f"sip:bob@{domain}"])
    other = replace(alice, name="other")
    assert other.put("rls-services", document) == 201
    assert not phone.call(uri).subscribe().rows("Require")
    assert (other.delete("rls-services"), alice.put("rls-services", document)) == (200, 201)
    assert phone.call(uri).subscribe().rows("Require")


@pytest.mark.req("R4826-4.4.9-1")
def test_no_user_reads_the_services_of_all(server: ListServer, put_list: PutList) -> None:
    """Not even one of the domain that is asked for a password there."""
    put_list("bob")
    (first,) = server.database.rows("select username, domain from rls_subscribers order by id limit 1")
    user = server.xcap(f"{first['username']}@{first['domain']}")
    assert replace(user, tree="global").get("rls-services") in (403, 404)


@pytest.mark.req("R4825-6.4-1")
def test_prefixes_of_a_node_selector_are_bound_by_its_query(alice: XcapClient, put_list: PutList) -> None:
    put_list("bob")
    node = "rls-services/service/r:list/l:entry"
    bound = "?xmlns(r=urn:ietf:params:xml:ns:rls-services)xmlns(l=urn:ietf:params:xml:ns:resource-lists)"
    assert alice.get("rls-services", node.replace("r:", "") + bound) == 200
    assert alice.get("rls-services", node + bound) == 200
    assert alice.get("rls-services", node) in (400, 404)

"""What a list holds: inline, nested, in the user's resource-lists document."""

from __future__ import annotations

import pytest

from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain


@pytest.mark.req("R4826-4.5-5")
@pytest.mark.req("R4826-4.5-6")
@pytest.mark.req("R4662-5.3-1")
@pytest.mark.req("R4662-5.3-2")
@pytest.mark.req("R4662-5.4-1")
def test_nested_lists_are_flattened_in_document_order_without_duplicates(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    content = f"""<list name="all">
      <rl:display-name>Everybody</rl:display-name>
      <rl:entry uri="sip:Zoe@{domain};x=1"/>
      <rl:list name="close"><rl:entry uri="sip:bob@{domain}"/><rl:entry uri="claire@{domain}"/></rl:list>
      <rl:entry uri="sip:bob@{domain}"/>
      <rl:entry uri="sip:anna@{domain}"/>
    </list>"""
    uri = f"sip:alice-list@{domain}"
    document = documents.rls_services(documents.service(uri, content))
    assert server.xcap(f"alice@{domain}").put("rls-services", document) == 201
    first = phone.subscribe(uri).notify(0)
    users = ("Zoe", "bob", "claire", "anna")
    assert first.resources == [f"sip:{user}@{domain}" + ";x=1" * (user == "Zoe") for user in users]
    assert first.names == ["Everybody"]


@pytest.mark.req("R4826-4.1-2")
def test_resource_list_points_into_the_users_other_document(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    xcap = server.xcap(f"alice@{domain}")
    bob, dave = (f'<entry uri="sip:{user}@{domain}"/>' for user in ("bob", "dave"))
    friends = f'<list name="friends">{bob}</list><list name="foes">{dave}</list>'
    assert xcap.put("resource-lists", documents.resource_lists(friends)) == 201
    pointer = f"{xcap.url('resource-lists')}/~~/resource-lists/list%5b@name=%22friends%22%5d"
    uri = f"sip:alice-list@{domain}"
    service = documents.service(uri, f"<resource-list>{pointer}</resource-list>")
    assert xcap.put("rls-services", documents.rls_services(service)) == 201
    call = phone.subscribe(uri)
    assert call.settled().resources == [f"sip:bob@{domain}"]

    friends = f'<list name="foes"/><list name="friends">{bob}{dave}</list>'
    assert xcap.put("resource-lists", documents.resource_lists(friends)) == 200
    assert call.notify(2).resources == [f"sip:bob@{domain}", f"sip:dave@{domain}"]


@pytest.mark.req("R4826-4.5-4")
def test_broken_pointer_is_a_bad_gateway(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    xcap = server.xcap(f"alice@{domain}")
    pointer = f"{xcap.url('resource-lists')}/~~/resource-lists/list%5b@name=%22gone%22%5d"
    uri = f"sip:alice-list@{domain}"
    service = documents.service(uri, f"<resource-list>{pointer}</resource-list>")
    assert xcap.put("rls-services", documents.rls_services(service)) == 201
    assert phone.call(uri).subscribe().status == 502


def test_empty_list_is_served(server: ListServer, phone: Phone, resources: Domain, domain: str) -> None:
    uri = f"sip:alice-list@{domain}"
    assert server.xcap(f"alice@{domain}").put("rls-services", documents.simple(uri, [])) == 201
    assert phone.subscribe(uri).notify(0).resources == []

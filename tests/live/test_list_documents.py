"""What a list holds: inline, nested, in the user's resource-lists document."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, pidf


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


@pytest.mark.req("R4662-5.4-2")
def test_display_names_keep_their_language(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    names = '<rl:display-name xml:lang="de">Robert</rl:display-name>'
    entry = f'<rl:entry uri="sip:bob@{domain}">{names}</rl:entry>'
    list_names = '<rl:display-name xml:lang="fr">Amis</rl:display-name>'
    uri = f"sip:alice-list@{domain}"
    document = documents.rls_services(documents.service(uri, f"<list>{list_names}{entry}</list>"))
    assert server.xcap(f"alice@{domain}").put("rls-services", document) == 201
    body = phone.subscribe(uri).notify(0).message.body
    assert b'<name xml:lang="fr">Amis</name>' in body
    assert b'<name xml:lang="de">Robert</name>' in body


@pytest.mark.req("R4662-5.4-2")
def test_a_name_with_what_is_no_language_tag_is_told_without_it(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    """As a script that checks nothing may have stored it."""
    name = '<rl:display-name xml:lang="no language">Robert</rl:display-name>'
    entry = f'<rl:entry uri="sip:bob@{domain}">{name}</rl:entry>'
    uri = f"sip:alice-list@{domain}"
    document = documents.rls_services(documents.service(uri, f"<list>{entry}</list>"))
    server.database.store_list(f"alice@{domain}", uri, document)
    assert b"<name>Robert</name>" in phone.subscribe(uri).notify(0).message.body


@pytest.mark.req("R4826-4.1-2")
def test_an_entry_may_stand_in_another_document_of_the_user(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    xcap = server.xcap(f"alice@{domain}")
    bob = f"sip:bob@{domain}"
    friends = f'<list name="friends"><entry uri="{bob}"/></list>'
    assert xcap.put("resource-lists", documents.resource_lists(friends)) == 201
    path = f"resource-lists/users/sip:alice@{domain}/index/~~/resource-lists/list/entry"
    uri = f"sip:alice-list@{domain}"
    service = documents.service(uri, f'<list><rl:entry-ref ref="{path}"/></list>')
    assert xcap.put("rls-services", documents.rls_services(service)) == 201
    assert phone.subscribe(uri).settled().resources == [bob]


def test_by_policy_lists_in_lists_are_flattened_broken_references_left_out_and_all_notifies_full(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    bob, claire, inner, outer = (f"sip:{name}@{domain}" for name in ("bob", "claire", "inner", "outer"))
    server = start_worker(RLS_NESTED_LISTS="flatten", RLS_UNRESOLVED="omit", RLS_FULL_STATE="1")
    nowhere = (
        f'<rl:entry-ref ref="resource-lists/users/sip:alice@{domain}/index/~~/resource-lists/list/entry"/>'
    )
    document = documents.rls_services(
        documents.service(inner, f"<list>{documents.entries([claire])}</list>"),
        documents.service(outer, f"<list>{documents.entries([bob, inner])}{nowhere}</list>"),
    )
    server.database.store_list(f"alice@{domain}", outer, document, inner)
    call = new_phone("alice", server).subscribe(outer)
    assert call.settled().resources == [bob, claire]
    resources.dialog(bob).notify(pidf("bob", "new"))
    told = call.notify(2)
    assert (told.full, told.resources) == (True, [bob, claire])


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

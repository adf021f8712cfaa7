"""A list changed by XCAP reaches the running subscriptions at once."""

from __future__ import annotations

import pytest

from tests.live.conftest import PutList
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually


@pytest.mark.req("R5874-3-1")
def test_changed_list_brings_full_state_and_the_difference_of_back_ends(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire, dave = (f"sip:{user}@{domain}" for user in ("bob", "claire", "dave"))
    call = phone.subscribe(put_list("bob", "claire"))
    call.settled()
    put_list("dave", "claire")
    told = call.notify(2)
    assert told.full
    assert told.resources == [dave, claire]
    assert told.body_of(claire) == pidf(claire.removeprefix("sip:"))
    eventually(lambda: resources.dialog(bob).ended, "end of bob's back end")
    assert not resources.dialog(claire).ended
    assert call.notify(3).body_of(dave) == pidf(dave.removeprefix("sip:"))
    assert len(resources.dialogs) == 3


def test_new_name_of_an_entry_is_told(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    uri = put_list("bob")
    call = phone.subscribe(uri)
    call.settled()
    named = f'<list><rl:entry uri="sip:bob@{domain}"><rl:display-name>Bob</rl:display-name></rl:entry></list>'
    document = documents.rls_services(documents.service(uri, named))
    assert server.xcap(f"alice@{domain}").put("rls-services", document) == 200
    told = call.notify(2)
    assert told.full
    assert b"<name>Bob</name>" in told.message.body
    assert len(resources.dialogs) == 1


def test_equal_list_is_told_to_nobody(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    put_list("bob")
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "next"))
    assert not call.notify(2).full


@pytest.mark.req("R5839-6.5-1")
def test_another_list_has_another_entity_tag(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    call = phone.subscribe(put_list("bob", "claire"))
    tag = call.settled().message["SIP-ETag"]
    put_list("claire", "bob")
    reordered = call.notify(2)
    assert reordered.resources == [claire, bob]
    put_list("claire")
    shorter = call.notify(3)
    assert shorter.resources == [claire]
    tags = [tag, reordered.message["SIP-ETag"], shorter.message["SIP-ETag"]]
    assert len(set(tags)) == 3
    answers = [call.subscribe(600, (*call.headers, f"Suppress-If-Match: {each}")).status for each in tags]
    assert answers == [200, 200, 204]


@pytest.mark.req("R4662-4.5-2")
def test_deleted_list_ends_its_subscriptions(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    assert server.xcap(f"alice@{domain}").delete("rls-services") == 200
    final = call.notify(2)
    assert final.full
    assert final.state == "terminated;reason=noresource"
    eventually(lambda: resources.dialog(f"sip:bob@{domain}").ended, "end of the back end")
    assert call.subscribe().status == 481


def test_document_of_another_user_that_is_made_anew_reaches_the_lists_that_refer_to_it(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    bob, claire, dave = (f"sip:{user}@{domain}" for user in ("bob", "claire", "dave"))
    others = server.xcap(f"bob@{domain}")
    assert others.put("resource-lists", _one_entry(claire)) == 201
    reference = f"resource-lists/users/{bob}/index/~~/resource-lists/list/entry"
    uri = f"sip:alice-list@{domain}"
    own = server.xcap(f"alice@{domain}")
    content = f'<list><rl:entry uri="{bob}"/><rl:entry-ref ref="{reference}"/></list>'
    assert own.put("rls-services", documents.rls_services(documents.service(uri, content))) == 201
    call = phone.subscribe(uri)
    assert call.settled().resources == [bob, claire]
    assert others.delete("resource-lists") == 200
    assert others.put("resource-lists", _one_entry(dave)) == 201
    told = call.notify(2)
    assert told.full and told.resources == [bob, dave]
    eventually(lambda: resources.dialog(claire).ended, "end of claire's back end")
    assert not resources.dialog(bob).ended


def _one_entry(uri: str) -> str:
    return documents.resource_lists(f'<list><entry uri="{uri}"/></list>')

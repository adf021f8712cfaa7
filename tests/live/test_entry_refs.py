"""An `entry-ref` shows nobody a contact of others that XCAP refuses, unless RLS_ENTRY_REFS lets it."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.database import PASSWORD
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import Domain
from tests.live.rig.waiting import eventually
from tests.live.rig.xcap import XcapClient

CONTACT = "sip:confidant@far.test"


def put_reference(server: ListServer, domain: str, victim: str, *others: str) -> str:
    """Tom's list with a reference to the first contact of the victim (user@domain); the list's URI."""
    uri = f"sip:tom-list@{domain}"
    ref = f"resource-lists/users/sip:{victim}/index/~~/resource-lists/list/entry%5b1%5d"
    content = f'<list>{documents.entries(others)}<rl:entry-ref ref="{ref}"/></list>'
    document = documents.rls_services(documents.service(uri, content))
    assert server.xcap(f"tom@{domain}").put("rls-services", document) == 201
    return uri


def put_contact(server: ListServer, victim: str) -> None:
    entry = f'<entry uri="{CONTACT}"><display-name>Confidant</display-name></entry>'
    document = documents.resource_lists(f"<list>{entry}</list>")
    assert server.xcap(victim).put("resource-lists", document) == 201


def refused_by_xcap(server: ListServer, domain: str, victim: str) -> bool:
    """Tom is unknown in the realm of another domain (401), and may not in his own (403)."""
    tom = XcapClient(server.http, f"tom@{domain}", PASSWORD, tree=f"users/sip:{victim}")
    entry = "resource-lists/list/entry%5b1%5d"
    return {tom.get("resource-lists"), tom.get("resource-lists", entry)} <= {401, 403}


def answers(call: ListCall, server: ListServer, victim: str) -> tuple[Message, Message]:
    """What tom's SUBSCRIBE gets before there is such a contact, and afterwards."""
    before = call.subscribe()
    put_contact(server, victim)
    return before, call.phone.call(call.list_uri).subscribe()


def in_same_words(before: Message, after: Message) -> bool:
    """Whether two refusals differ in nothing but what they answer."""
    return (before.start_line, before.rows("Warning")) == (after.start_line, after.rows("Warning"))


@pytest.mark.req("R4826-4.5-7", "R4826-4.5-8")
def test_contact_of_another_tenant_stays_unknown_and_unproved(
    server: ListServer, new_phone: NewPhone, domain: str
) -> None:
    victim = f"alice@other-{domain}"
    uri = put_reference(server, domain, victim)
    before, after = answers(new_phone("tom").call(uri), server, victim)
    assert (before.status, in_same_words(before, after)) == (502, True)
    assert "does not allow" in after["Warning"]
    assert CONTACT.encode() not in after.data
    assert refused_by_xcap(server, domain, victim)


@pytest.mark.req("R4826-4.5-7")
def test_contact_in_the_own_domain_is_resolved(server: ListServer, new_phone: NewPhone, domain: str) -> None:
    victim = f"alice@{domain}"
    call = new_phone("tom").call(put_reference(server, domain, victim))
    before, after = answers(call, server, victim)
    assert (before.status, after.status) == (502, 200)
    assert new_phone("tom").subscribe(call.list_uri).notify(0).resources == [CONTACT]


@pytest.mark.req("R4826-4.5-8")
def test_contact_in_the_own_domain_stays_unknown_where_lists_are_private(
    unstarted: Start, new_phone: NewPhone, domain: str
) -> None:
    server, victim = _with_web(unstarted, RLS_ENTRY_REFS="own"), f"alice@{domain}"
    uri = put_reference(server, domain, victim)
    before, after = answers(new_phone("tom", server).call(uri), server, victim)
    assert (before.status, in_same_words(before, after)) == (502, True)
    assert CONTACT.encode() not in after.data
    assert refused_by_xcap(server, domain, victim)


@pytest.mark.req("R4826-4.5-8")
def test_contact_of_another_tenant_is_left_out_of_a_running_subscription_when_it_comes(
    unstarted: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server, victim = _with_web(unstarted, RLS_UNRESOLVED="omit"), f"alice@other-{domain}"
    bob = f"sip:bob@{domain}"
    call = new_phone("tom", server).subscribe(put_reference(server, domain, victim, bob))
    assert call.settled().resources == [bob]
    put_contact(server, victim)
    fresh = new_phone("tom", server).subscribe(call.list_uri)
    assert fresh.notify(0).resources == [bob]
    assert call.subscribe(600).status == 200
    eventually(lambda: len(call.notifies) > 2, "full state")
    assert not [notify for notify in call.notifies if CONTACT.encode() in notify.data]


def test_contact_of_another_tenant_is_resolved_where_anyone_may_be_named(
    unstarted: Start, new_phone: NewPhone, domain: str
) -> None:
    server, victim = _with_web(unstarted, RLS_ENTRY_REFS="anyone"), f"alice@other-{domain}"
    put_contact(server, victim)
    call = new_phone("tom", server).subscribe(put_reference(server, domain, victim))
    told = call.notify(0)
    assert told.resources == [CONTACT]
    assert b"<name>Confidant</name>" in told.message.body


def _with_web(unstarted: Start, **settings: str) -> ListServer:
    server = unstarted(**settings)
    server.web.start()
    server.start_worker()
    server.web.wait_until(server.web_answers)
    return server

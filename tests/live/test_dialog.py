"""The life of one list subscription: refreshed, moved, ended; numbers without a gap."""

from __future__ import annotations

import time

import pytest

from tests.live.conftest import NewPhone, PutList, StoreList
from tests.live.rig import list_notify
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import answer
from tests.live.rig.phone import Phone, ok
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually


def is_stored(server: ListServer, domain: str) -> bool:
    """Whether the database knows anything of the domain's subscriptions."""
    watchers = server.database.rows("select 1 from rls_watchers where watcher_domain = %s", domain)
    resources = server.database.rows("select 1 from rls_presentity where resource_uri like %s", f"%@{domain}")
    return bool(watchers or resources)


@pytest.mark.req("R4662-4.5-12", "R6665-4.2.2-1", "R6665-4.2.2-7")
@pytest.mark.req("R4662-5.2-4")
@pytest.mark.req("R4662-5.2-9")
@pytest.mark.req("R4662-4.5-13")
@pytest.mark.req("R6665-4.2.1.4-1")
def test_refresh_brings_full_state_without_a_tick(
    tickless: ListServer, new_phone: NewPhone, store_list: StoreList, resources: Domain
) -> None:
    call = new_phone(at=tickless).subscribe(store_list(tickless, "bob", "claire"))
    told = call.settled()
    response = call.subscribe(600)
    assert (response["Expires"], response["Require"]) == ("600", "eventlist")
    refreshed = call.notify(2)
    assert refreshed.full
    assert refreshed.state == "active;expires=600"
    assert refreshed.instances == told.instances


@pytest.mark.req("R4662-5.5-3")
@pytest.mark.req("R3261-12.2.1.1-1")
def test_numbers_and_names_stay_in_order(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    for version in range(2, 6, 2):
        resources.dialog(bob).notify(pidf("bob", str(version)))
        call.notify(version)
        call.subscribe(900)
        call.notify(version + 1)
    call.subscribe(0)
    notifies = [call.notify(version) for version in range(7)]
    assert {told.message["Contact"] for told in notifies} == {f"<{call.target}>"}
    assert {told.message.tag("From") for told in notifies} == {call.to_tag}
    assert {told.instance(bob).id for told in notifies[1:]} == {"1"}


@pytest.mark.req("R6665-3.1-1")
@pytest.mark.req("R3261-12.2.2-3")
def test_new_contact_moves_the_notifies(
    phone: Phone, new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    elsewhere = new_phone()
    call.contact = elsewhere.contact
    assert call.subscribe().status == 200
    moved = elsewhere.inbox.wait(call.is_notify)
    assert moved.request_uri == elsewhere.contact
    assert list_notify.parse(moved).version == 2
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "moved"))
    assert list_notify.parse(elsewhere.inbox.wait(call.is_notify, count=2)).version == 3


@pytest.mark.req("R6665-4.2.2-9")
@pytest.mark.req("R6665-4.2.1.4-4")
@pytest.mark.req("R6665-4.1.3-1")
@pytest.mark.req("R4662-4.1-2")
def test_unsubscription_is_answered_with_the_final_full_state(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    told = call.settled()
    assert call.subscribe(0)["Expires"] == "0"
    final = call.notify(2)
    assert final.full
    assert final.state == "terminated;reason=timeout"
    assert final.instances == told.instances
    eventually(lambda: not is_stored(server, domain), "rows are deleted")
    assert call.subscribe().status == 481


@pytest.mark.req("R6665-4.4.3-1")
@pytest.mark.req("R4662-4.6-4")
def test_fetch_brings_one_notify_and_leaves_nothing(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.call(put_list("bob"))
    assert call.subscribe(0)["Expires"] == "0"
    only = call.notify(0)
    assert only.full
    assert only.resources == [f"sip:bob@{domain}"]
    assert only.state == "terminated;reason=timeout"
    assert not is_stored(server, domain)
    assert not resources.requests.all()
    assert call.subscribe().status == 481


@pytest.mark.req("R6665-4.2.1.4-3")
def test_expired_subscription_ends_with_full_state(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    began = time.monotonic()
    call = phone.subscribe(put_list("bob"), expires=6)
    call.settled()
    final = call.notify(2)
    assert final.full
    assert final.state == "terminated;reason=timeout"
    assert final.message.at - began > 5
    eventually(lambda: resources.dialog(f"sip:bob@{domain}").ended, "end of the back end")
    eventually(lambda: not is_stored(server, domain), "rows are deleted")


@pytest.mark.req("R6665-4.2.1.4-2")
@pytest.mark.req("R3261-8.2-1")
@pytest.mark.req("R3261-12.2.2-2")
@pytest.mark.req("R6665-4.5.2-1")
def test_refused_refresh_changes_nothing(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    assert call.subscribe(1).status == 423
    call.event = "dialog"
    assert call.subscribe().status == 403
    call.event, call.cseq = "presence", 0
    assert call.subscribe().status == 500
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "still told"))
    assert call.notify(2).body_of(f"sip:bob@{domain}") == pidf("bob", "still told")


@pytest.mark.req("R3261-12.2.1.2-2")
@pytest.mark.req("R6665-4.2.2-4")
@pytest.mark.parametrize("status", [404, 481, 501])
def test_watcher_that_knows_no_subscription_ends_it(
    status: int, server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    phone.respond = lambda request: answer(request, status)
    phone.subscribe(put_list("bob"))
    eventually(lambda: not is_stored(server, domain), "rows are deleted")
    eventually(lambda: all(dialog.ended for dialog in resources.dialogs), "end of the back end")


@pytest.mark.req("R6665-4.2.2-5")
def test_notify_after_a_failed_one_is_full(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob", "claire"))
    call.settled()
    phone.respond = lambda request: answer(request, 500)
    resources.dialog(bob).notify(pidf("bob", "lost"))
    assert not call.notify(2).full
    phone.respond = ok
    resources.dialog(bob).notify(pidf("bob", "found"))
    told = call.notify(3)
    assert told.full
    assert told.body_of(bob) == pidf("bob", "found")


@pytest.mark.req("R3261-17.1.2.2-1")
@pytest.mark.req("R4662-5.2-6")
def test_unanswered_notify_is_repeated_byte_by_byte_and_holds_up_the_next(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    phone.respond = lambda request: None
    began = time.monotonic()
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "unheard"))
    sent = [
        phone.inbox.wait(lambda message: call.is_notify(message) and message.cseq == 3, n) for n in (1, 2, 3)
    ]
    assert len({message.data for message in sent}) == 1
    assert sent[1].at - began > 0.45
    assert sent[2].at - began > 1.45
    phone.respond = ok
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "next"))
    assert call.notify(3).body_of(f"sip:bob@{domain}") == pidf("bob", "next")

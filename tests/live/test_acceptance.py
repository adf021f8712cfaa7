"""A list SUBSCRIBE is accepted: 200, then full state at once."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList, StoreList
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, Script


@pytest.mark.req("R6665-4.2.1.1-5")
@pytest.mark.req("R4662-4.1-1")
@pytest.mark.req("R3265-7.1-1")
def test_answer_is_complete(phone: Phone, put_list: PutList, resources: Domain) -> None:
    response = phone.call(put_list("bob")).subscribe(1800)
    assert response.status == 200
    assert response["Require"] == "eventlist"
    assert response["Expires"] == "1800"
    assert response.uri("Contact") == f"sip:rls@127.0.0.1:{phone.server[1]}"
    assert response.tag("To")


@pytest.mark.req("R4662-5.2-3")
@pytest.mark.req("R4662-5.2-8")
@pytest.mark.req("R4662-4.5-10")
@pytest.mark.req("R6665-4.2.1.2-1")
def test_first_notify_is_full_and_names_every_resource(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    resources.default = lambda uri: Script()
    call = phone.subscribe(put_list("bob", "claire"))
    first = call.notify(0)
    assert first.full
    assert first.uri == call.list_uri
    assert first.instances == {f"sip:bob@{domain}": [], f"sip:claire@{domain}": []}
    assert first.state == "active;expires=3600"


@pytest.mark.req("R6665-4.2.1.2-1")
def test_first_notify_waits_for_no_tick(
    tickless: ListServer, new_phone: NewPhone, store_list: StoreList, resources: Domain
) -> None:
    resources.default = lambda uri: Script()
    assert new_phone(at=tickless).subscribe(store_list(tickless, "bob")).notify(0).full


@pytest.mark.req("R6665-3.1.1-1")
@pytest.mark.req("R6665-3.1.1-2")
@pytest.mark.parametrize(("asked", "granted"), [(999_999, 7200), (100, 100), (None, 3600)])
def test_expires_is_shortened_and_never_lengthened(
    asked: int | None, granted: int, phone: Phone, put_list: PutList, resources: Domain
) -> None:
    call = phone.call(put_list("bob"))
    assert call.subscribe(asked)["Expires"] == str(granted)
    assert call.notify(0).state == f"active;expires={granted}"


@pytest.mark.req("R6665-4.2.1.1-4")
def test_too_short_a_subscription_is_refused(phone: Phone, put_list: PutList) -> None:
    response = phone.call(put_list("bob")).subscribe(1)
    assert response.status == 423
    assert response["Min-Expires"] == "2"


@pytest.mark.req("R4662-4.4-1")
def test_foreign_list_is_forbidden(new_phone: NewPhone, put_list: PutList) -> None:
    assert new_phone("mallory").call(put_list("bob")).subscribe().status == 403


@pytest.mark.req("R6665-4.1.2.1-2")
def test_watcher_that_takes_no_lists_is_refused(phone: Phone, put_list: PutList) -> None:
    response = phone.call(put_list("bob"), accept="application/pidf+xml").subscribe()
    assert response.status == 406


@pytest.mark.req("R6665-4.4.4-1")
@pytest.mark.req("R4826-4.5-2")
def test_event_outside_the_packages_of_the_service_is_refused(phone: Phone, put_list: PutList) -> None:
    response = phone.call(put_list("bob", packages=("presence",)), event="dialog").subscribe()
    assert response.status == 489
    assert response["Allow-Events"] == "presence, dialog, xcap-diff"


@pytest.mark.req("R3261-19.1.4-1")
@pytest.mark.req("R4826-4.5-1")
@pytest.mark.req("R4662-5.2-2")
def test_list_is_found_by_an_equal_uri_and_named_as_it_was_asked_for(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    put_list("bob")
    spelling = f"sip:%61lice-list@{domain.upper()}"
    assert phone.subscribe(spelling).notify(0).uri == spelling
    assert not phone.call(f"sip:ALICE-list@{domain}").subscribe().rows("Require"), (
        "users are told apart by case"
    )

"""Any event package, by configuration."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, Script, State

DIALOG_INFO = "application/dialog-info+xml"


def dialog_info(user: str, version: int, state: str = "full") -> bytes:
    return (
        '<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info"'
        f' version="{version}" state="{state}" entity="sip:{user}"/>'
    ).encode()


@pytest.mark.req("R4235-3.1-1")
@pytest.mark.req("R4662-4-1")
@pytest.mark.req("R4662-4-2")
@pytest.mark.req("R6665-3.2.1-1")
def test_dialog_event_reaches_back_ends_and_watcher(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    state = State(dialog_info("bob", 0), content_type=DIALOG_INFO)
    resources.scripts[bob] = Script(state=state)
    uri = put_list("bob")
    accept = f"multipart/related, application/rlmi+xml, {DIALOG_INFO}"
    call = phone.call(uri, event="dialog", accept=accept)
    assert call.subscribe().status == 200
    told = call.settled()
    assert told.message["Event"] == "dialog"
    assert (told.instance(bob).content_type, told.body_of(bob)) == (DIALOG_INFO, state.body)
    back_end = resources.dialog(bob).first
    assert (back_end["Event"], back_end["Accept"]) == ("dialog", DIALOG_INFO)


@pytest.mark.req("R4235-3.2-1")
def test_parameters_of_dialog_reach_back_ends_and_change_nothing_here(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    params = 'call-id="a@b";to-tag=x;from-tag=y;include-session-description'
    state = State(dialog_info("bob", 0), content_type=DIALOG_INFO)
    resources.scripts[bob] = Script(state=state)
    accept = f"multipart/related, application/rlmi+xml, {DIALOG_INFO}"
    call = phone.call(put_list("bob"), event=f"dialog;{params}", accept=accept)
    assert call.subscribe().status == 200
    assert call.settled().body_of(bob) == state.body
    asked = resources.dialog(bob).first["Event"]
    assert asked.startswith("dialog;") and {*asked.split(";")} == {"dialog", *params.split(";")}
    call.event = "dialog"
    assert call.subscribe().status == 200, "the same subscription"


@pytest.mark.req("R6665-4.5.2-2")
@pytest.mark.req("R6665-4.5.2-3")
def test_event_id_is_kept(phone: Phone, put_list: PutList, resources: Domain) -> None:
    call = phone.subscribe(put_list("bob"), event="presence;id=7")
    assert call.settled().message["Event"] == "presence;id=7"
    call.event = "presence;id=8"
    assert call.subscribe().status == 403


def test_configured_package_replaces_the_default(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_EVENTS="message-summary", RLS_TO_PRESENCE_CODE="480")
    bob, uri = f"sip:bob@{domain}", f"sip:alice-list@{domain}"
    kind = "application/simple-message-summary"
    resources.scripts[bob] = Script(state=State(b"Messages-Waiting: yes\r\n", content_type=kind))
    document = documents.simple(uri, [bob], packages=["message-summary"])
    server.database.store_list(f"alice@{domain}", uri, document)
    phone = new_phone("alice", server)
    call = phone.subscribe(uri, event="message-summary")
    assert call.settled().body_of(bob) == b"Messages-Waiting: yes\r\n"
    assert resources.dialog(bob).first["Accept"] == kind
    assert phone.call(uri).subscribe().status == 480

"""One back-end subscription per entry, on behalf of the watcher."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.rig.waiting import eventually


@pytest.mark.req("R4662-7.1.1-2")
@pytest.mark.req("R4662-4.1-5")
@pytest.mark.req("R3261-8.1.1.1-1")
@pytest.mark.req("R3261-8.1.1.2-1")
@pytest.mark.req("R6665-3.1.2-2")
def test_back_end_subscribe_is_the_watchers(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    phone.subscribe(put_list("bob"))
    subscribe = resources.dialog(f"sip:bob@{domain}").first
    assert subscribe.uri("From") == f"sip:alice@{domain}"
    assert subscribe["To"] == f"<sip:bob@{domain}>"
    assert subscribe["Max-Forwards"] == "69"
    assert subscribe["Event"] == "presence"
    assert subscribe["Accept"] == "application/pidf+xml"
    assert subscribe["Route"].endswith(";lr>")
    assert not subscribe.rows("Require")
    assert not subscribe.body


@pytest.mark.req("R4662-7.2-1")
def test_watchers_of_one_resource_do_not_share_a_subscription(
    new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    alices, toms = (new_phone(user).subscribe(put_list("bob", user=user)) for user in ("alice", "tom"))
    to_alice = resources.dialog(bob, watcher=f"sip:alice@{domain}")
    to_tom = resources.dialog(bob, watcher=f"sip:tom@{domain}")
    assert to_alice.call_id != to_tom.call_id
    toms.settled()
    alices.settled()
    to_alice.notify(pidf("bob", "only for alice"))
    to_tom.notify(pidf("bob", "only for tom"))
    assert alices.notify(2).body_of(bob) == pidf("bob", "only for alice")
    assert toms.notify(2).body_of(bob) == pidf("bob", "only for tom")


@pytest.mark.req("R6665-4.1.3-4")
def test_back_end_is_refreshed_in_time(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    """Else it would be a new subscription."""
    short = Script(headers=("Expires: 8",), state=State(pidf("bob"), "active;expires=8"))
    resources.default = lambda uri: short
    phone.subscribe(put_list("bob"))
    dialog = resources.dialog(f"sip:bob@{domain}")
    eventually(lambda: len(dialog.subscribes) > 1, "refresh")
    first, refresh = dialog.subscribes[:2]
    assert (refresh.cseq, refresh.tag("To"), refresh.tag("From")) == (2, dialog.tag, first.tag("From"))


@pytest.mark.req("R6665-4.2.1.4-4")
@pytest.mark.req("R6665-4.1.2.3-1")
def test_back_ends_end_with_the_list_subscription(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob", "claire"))
    call.settled()
    resources.dialog(f"sip:bob@{domain}").farewell = pidf("bob", "a last word")
    call.subscribe(0)
    for user in ("bob", "claire"):
        dialog = resources.dialog(f"sip:{user}@{domain}")
        eventually(lambda dialog=dialog: dialog.ended, "unsubscription")  # type: ignore[misc]
        assert dialog.answer_to_last().status == 200


@pytest.mark.req("R3261-19.1.5-1")
def test_headers_and_method_of_an_entry_do_not_reach_the_back_end(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    evil = f"sip:bob@{domain};method=INVITE?Event=reg&amp;Route=%3Csip:evil.test%3E"
    uri = f"sip:alice-list@{domain}"
    assert server.xcap(f"alice@{domain}").put("rls-services", documents.simple(uri, [evil])) == 201
    phone.subscribe(uri)
    eventually(resources.requests.all, "SUBSCRIBE")
    (subscribe,) = resources.requests.all()
    assert subscribe.method == "SUBSCRIBE"
    assert subscribe.request_uri == f"sip:bob@{domain}"
    assert subscribe["Event"] == "presence"
    assert "evil" not in subscribe["Route"]

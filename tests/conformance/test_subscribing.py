"""What a first SUBSCRIBE to a list must lead to."""

from __future__ import annotations

import time

import pytest

from tests.conformance.authenticated import credentials
from tests.conformance.conftest import NewPhone, SubjectOf
from tests.conformance.situations import Peers
from tests.conformance.subject import ALONE, DIGEST, PRESENCE_ONLY
from tests.live.rig import documents
from tests.live.rig.message import answer
from tests.live.rig.phone import ACCEPT, token
from tests.live.rig.presence import PresenceServer, Script, State, pidf
from tests.live.rig.waiting import eventually


@pytest.mark.req("R6665-3.1.2-1")
@pytest.mark.req("R3261-8.2.2.1-1")
@pytest.mark.parametrize("to", ["sip:somebody@elsewhere.invalid", "tel:+15550100"])
def test_request_uri_names_the_list_whatever_to_says(peers: Peers, to: str) -> None:
    call = peers.call()
    request = call.request(3600).replace(f"To: <{call.list_uri}>".encode(), f"To: <{to}>".encode())
    response = peers.phone.ask(request)
    assert (response.status, response["Require"]) == (200, "eventlist")
    assert call.notify(0).uri == call.list_uri


@pytest.mark.req("R6665-4.2.1.1-1", "R6665-4.2.1.2-2", "R6665-8.3.1-1", "R3261-8.2.6.1-1")
def test_answer_and_first_notify_wait_for_no_back_end(peers: Peers) -> None:
    peers.resources.scripts |= {member: Script() for member in peers.subject.members}
    start = time.monotonic()
    call = peers.call()
    response = call.subscribe()
    first = call.notify(0)
    assert response.status == 200
    assert first.message.at - start < 16, "Timer N of the back ends is 32 s"
    assert first.full
    assert first.instances == {member: [] for member in peers.subject.members}
    assert all(message.status in (0, 200) for message in peers.phone.inbox.all())


@pytest.mark.req("R3856-6.1-1", "R3856-6.4-1", "R4235-3.4-1")
@pytest.mark.parametrize("event", ["presence", "dialog"])
def test_packages_have_their_default_duration(peers: Peers, event: str) -> None:
    call = peers.call(event=event)
    assert call.subscribe(None)["Expires"] == "3600"
    assert call.notify(0).message["Event"] == event


@pytest.mark.req("R6665-3.1.1-3", "R5627-4.5-1", "R5626-5.3-1")
def test_contact_is_taken_verbatim_and_its_expires_means_nothing(peers: Peers) -> None:
    call = peers.call()
    call.contact = "sip:phone@192.0.2.7:9;ob;gr=urn:uuid:1;pn-provider=x"
    request = call.request(600).replace(b"pn-provider=x>", b"pn-provider=x>;expires=60")
    assert peers.phone.ask(request)["Expires"] == "600"
    assert call.notify(0).message.request_uri == call.contact


@pytest.mark.req("R3265-3.3.4-1")
def test_answer_makes_a_dialog_by_itself(peers: Peers) -> None:
    call = peers.call()
    route = f"<sip:127.0.0.1:{peers.phone.wire.local[1]};lr;x=1>"
    response = call.subscribe(3600, [*call.headers, f"Record-Route: {route}"])
    assert response.rows("Record-Route") == [route]
    assert response.tag("To") and response.uri("Contact")
    assert call.subscribe().status == 200


@pytest.mark.req("R3261-20.1-1")
def test_empty_accept_means_that_nothing_is_acceptable(peers: Peers) -> None:
    assert peers.call().subscribe(3600, ["Accept: ", "Supported: eventlist"]).status == 406


@pytest.mark.req("R3261-8.2.4-1")
def test_lists_are_not_forced_on_those_who_do_not_ask(peers: Peers) -> None:
    response = peers.call().subscribe(3600, ["Accept: application/pidf+xml"])
    assert response.status in (200, 421)
    assert bool(response.rows("Require")) == (response.status == 421)


@pytest.mark.req("R6665-4.2.1-1")
def test_nobody_is_notified_who_did_not_subscribe(peers: Peers, new_phone: NewPhone) -> None:
    bystander = new_phone(peers.subject)
    assert bystander.ask(bystander.request("OPTIONS", peers.subject.list_uri)).status
    assert peers.subscribed().subscribe(0).status == 200
    assert not [message for message in bystander.inbox.all() if not message.status]


@pytest.mark.req("R6665-6.3-1")
@pytest.mark.req("R6665-4.2.1.1-3", "R6665-4.2.1.3-1", "R3856-6.6.1-1", "R5363-5.2-1", "R3261-8.2.7-1")
def test_nothing_is_done_for_those_who_are_not_authenticated(
    subject_of: SubjectOf, new_phone: NewPhone, back_ends: PresenceServer
) -> None:
    subject = subject_of(DIGEST)
    asked = len(back_ends.domain(subject.domain).requests.all())
    phone = new_phone(subject)
    call = phone.call(subject.list_uri)
    request = call.request(3600)
    challenge = phone.ask(request)
    assert challenge.status == 401
    phone.send(request)
    phone.inbox.wait(lambda message: message.data == challenge.data, count=2)
    assert len(back_ends.domain(subject.domain).requests.all()) == asked
    assert not call.notifies
    proven = [*call.headers, credentials(challenge, subject.user, call.target)]
    assert call.subscribe(3600, proven).status == 200
    assert call.notify(0).full


@pytest.mark.req("R6665-4.2.1.3-2", "R4826-4.5-3")
def test_package_is_looked_at_before_permission(subject_of: SubjectOf, new_phone: NewPhone) -> None:
    subject = subject_of(ALONE)
    stranger = new_phone(subject, f"sip:mallory@{subject.domain}")
    assert stranger.call(PRESENCE_ONLY, "dialog").subscribe().status == 489
    assert stranger.call(PRESENCE_ONLY).subscribe().status == 403


@pytest.mark.req("R6665-4.2.2-2")
@pytest.mark.parametrize("status", [481, 500])
def test_failed_notify_causes_no_further_one(peers: Peers, new_phone: NewPhone, status: int) -> None:
    """Neither at once nor by the tick that tells another watcher a change."""
    silent = {member: Script() for member in peers.subject.members}
    peers.resources.scripts |= silent
    peers.phone.respond = lambda request: answer(request, status, "Retry-After: 3600")
    call = peers.call()
    assert call.subscribe().status == 200
    call.notify(0)
    for member in silent:
        del peers.resources.scripts[member]
    other = new_phone(peers.subject).subscribe(peers.subject.list_uri)
    other.settled()
    peers.resources.dialogs_of(peers.member)[-1].notify(pidf("bob", "news"))
    assert other.notify(2).body_of(peers.member) == pidf("bob", "news")
    assert len(call.notifies) == 1


@pytest.mark.req("R4662-4.5-3")
def test_subscription_of_one_resource_never_becomes_one_of_a_list(peers: Peers) -> None:
    own = peers.subject.ours()
    call = peers.call(f"sip:later-{token()}@{peers.subject.domain}")
    peers.resources.scripts[call.list_uri] = Script()
    assert not call.subscribe().rows("Require")
    document = documents.simple(call.list_uri, [peers.member])
    own.database.store_list(f"later{token()}@{peers.subject.domain}", call.list_uri, document)
    call.target = call.list_uri
    assert call.subscribe().status == 481
    assert not call.notifies


@pytest.mark.req("R3265-3.2.2-1")
@pytest.mark.parametrize("status", [400, 420, 503])
def test_one_odd_answer_does_not_end_a_subscription(peers: Peers, status: int) -> None:
    call = peers.subscribed()
    dialog = peers.resources.dialog(peers.member)
    peers.phone.respond = lambda request: answer(request, status)
    dialog.notify(pidf("bob", "lost"))
    peers.phone.inbox.wait(lambda message: b"lost" in message.body)
    peers.phone.respond = lambda request: answer(request, 200)
    assert call.subscribe().status == 200


@pytest.mark.req("R3265-3.3.4-2", "R6665-4.2.1.1-6")
@pytest.mark.parametrize("event", ["presence;id=2", "dialog"])
def test_second_subscription_in_a_dialog_leaves_the_first_as_it_was(peers: Peers, event: str) -> None:
    call = peers.subscribed()
    call.event = event
    assert call.subscribe().status == 403
    call.event = "presence"
    assert call.subscribe().status == 200


@pytest.mark.req("R3856-6.6.2-1")
def test_strangers_are_refused_and_no_answer_is_202(peers: Peers, new_phone: NewPhone) -> None:
    stranger = new_phone(peers.subject, f"sip:mallory@{peers.subject.domain}")
    assert stranger.call(peers.subject.list_uri).subscribe().status in (403, 603)
    assert peers.call().subscribe().status == 200


@pytest.mark.req("R4662-7.3-2")
@pytest.mark.req("R3856-6.7-1")
def test_latest_accept_counts(peers: Peers) -> None:
    """Also for back ends, from their next SUBSCRIBE on."""
    peers.resources.scripts[peers.member] = Script(state=State(pidf("bob"), "active;expires=3"))
    call = peers.phone.call(peers.subject.list_uri, accept=f"{ACCEPT}, multipart/signed")
    assert call.subscribe().status == 200
    dialog = peers.resources.dialog(peers.member)
    assert "multipart/signed" in dialog.first["Accept"]
    assert call.subscribe(3600, ["Accept: text/plain", "Supported: eventlist"]).status == 406
    assert call.subscribe(3600, [f"Accept: {ACCEPT}", "Supported: eventlist"]).status == 200
    before = len(dialog.subscribes) + 1  # one may be under way
    refresh = eventually(lambda: dialog.subscribes[before:], "a refresh")[0]
    assert "multipart/signed" not in refresh["Accept"]


@pytest.mark.req("R6665-4.3-1")
def test_server_stays_out_of_the_dialogs_it_makes_possible(peers: Peers) -> None:
    peers.subject.ours()
    user = f"sip:{token()}@{peers.subject.domain}"
    assert peers.call(user).subscribe().status == 200
    forwarded = peers.resources.requests.wait(lambda message: message.request_uri == user)
    assert not forwarded.rows("Record-Route")


@pytest.mark.req("R3261-19.3-1")
def test_tags_are_all_different_and_long_enough(peers: Peers) -> None:
    request = peers.phone.request
    tags = [peers.phone.ask(request("OPTIONS", peers.subject.list_uri)).tag("To") for _ in range(100)]
    assert len(set(tags)) == len(tags)
    assert min(map(len, tags)) >= 8  # 32 bits, if each character has four


@pytest.mark.req("R6665-4.5.1-1", "R5627-4.3-1")
def test_contact_may_be_a_gruu(subject_of: SubjectOf, new_phone: NewPhone) -> None:
    subject = subject_of(ALONE)  # RLS_GRUU is on
    call = new_phone(subject).call(subject.list_uri)
    contact = call.subscribe()["Contact"]
    assert contact == call.notify(0).message["Contact"]
    assert ";gr=worker1" in contact
    assert call.subscribe(0).status == 200

"""What is unusual and allowed, and answers that are not for us."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.conftest import NewPhone
from tests.conformance.in_dialog import back_end, notified
from tests.conformance.situations import Peers, added, asked, changed
from tests.live.rig.message import Message, answer
from tests.live.rig.phone import ok, token
from tests.live.rig.presence import Script, State, pidf

COMPACT = {
    "Via": "v", "From": "f", "To": "t", "Call-ID": "i", "Contact": "m", "Event": "o", "Supported": "k",
    "Content-Length": "l",
}  # fmt: skip


@pytest.mark.req("R6665-8.4-1", "R3261-7.3.3-1")
def test_compact_names_are_understood(peers: Peers) -> None:
    call = peers.call()
    request = call.request(3600).decode()
    for name, short in COMPACT.items():
        request = request.replace(f"\r\n{name}: ", f"\r\n{short}: ")
    assert call.ask(request.encode()).status == 200
    assert call.notify(0).full


@pytest.mark.req("R3261-20.42-1")
def test_via_may_have_spaces(peers: Peers) -> None:
    assert changed("Via: SIP/2.0/UDP", "Via: SIP / 2.0 / UDP")(peers).status == 200


@pytest.mark.req("R3261-20.19-1", "R4662-4.2-1")
@pytest.mark.parametrize(("expires", "granted"), [(2**32 - 1, "7200"), (0, "0"), (None, "3600")])
def test_any_duration_may_be_asked_for(peers: Peers, expires: int | None, granted: str) -> None:
    assert asked(expires)(peers)["Expires"] == granted


@pytest.mark.req("R6665-3.1.3-1", "R3261-8.2.3-1")
def test_accept_may_be_left_out_but_not_disregarded(peers: Peers) -> None:
    kinds = "multipart/related, application/rlmi+xml, application/pidf+xml"
    assert changed(f"Accept: {kinds}\r\n", "")(peers).status == 200
    refused = added("Content-Type: text/odd", body=b"odd")(peers)
    assert refused.status == 415 and refused["Accept"]


@pytest.mark.req("R6665-8.2.1-1", "R6665-4.1.3-3")
@pytest.mark.parametrize(
    ("event", "status"),
    [("presence;x=y", 200), ("Presence", 489), ("presence;id=1", 489), ("presence.winfo", 489)],
)
def test_events_of_notifies_match_to_the_letter(peers: Peers, event: str, status: int) -> None:
    assert notified("Event: presence", f"Event: {event}")(peers).status == status


@pytest.mark.req("R6665-4.1.3-5")
def test_expires_of_an_end_means_nothing(peers: Peers) -> None:
    dialog = back_end(peers)
    assert dialog.notify(state="terminated;expires=3600;reason=rejected").status == 200
    assert dialog.notify(pidf("bob", "again")).status == 481


@pytest.mark.req("R4662-4.5-11")
def test_what_is_known_is_in_the_first_notify_of_a_users_next_subscription(
    peers: Peers, new_phone: NewPhone
) -> None:
    known = peers.subscribed().settled()
    second = new_phone(peers.subject).subscribe(peers.subject.list_uri)
    assert second.notify(0).body_of(peers.member) == known.body_of(peers.member)


@pytest.mark.req("R3261-16.3-2")
def test_unknown_demands_on_proxies_are_refused_also_of_what_is_sent_on(peers: Peers) -> None:
    user = f"sip:{token()}@{peers.subject.domain}"
    headers = ("Event: presence", f"Contact: <{peers.phone.contact}>", "Proxy-Require: odd")
    refused = peers.phone.ask(peers.phone.request("SUBSCRIBE", user, *headers))
    assert (refused.status, refused["Unsupported"]) == (420, "odd")


Falsify = Callable[[Message, bytes], bytes]


def other_branch(request: Message, response: bytes) -> bytes:
    return response.replace(b"branch=z9hG4bK", b"branch=z9hG4bKx")


def other_method(request: Message, response: bytes) -> bytes:
    return response.replace(b" NOTIFY\r\n", b" SUBSCRIBE\r\n")


def other_sent_by(request: Message, response: bytes) -> bytes:
    sent_by = request["Via"].split(" ")[1].split(";")[0].encode()
    return response.replace(sent_by, b"192.0.2.9:5060")


@pytest.mark.req("R3261-17.1.3-1", "R3261-18.1.2-1")
@pytest.mark.parametrize("falsify", [other_branch, other_method, other_sent_by])
def test_responses_to_others_count_for_nothing(peers: Peers, falsify: Falsify) -> None:
    """The request is sent again; a 481 to it would end the subscription."""
    peers.phone.respond = lambda request: falsify(request, answer(request, 481))
    call = peers.call()
    assert call.subscribe().status == 200
    first = peers.phone.inbox.wait(call.is_notify, count=2)
    peers.phone.respond = ok
    assert call.subscribe().status == 200
    assert call.notify(1).message.cseq == first.cseq + 1


@pytest.mark.req("R3261-8.1.3.2-1")
def test_unknown_codes_mean_what_their_class_means(peers: Peers) -> None:
    peers.resources.scripts |= dict(
        zip(peers.subject.members, (Script(499, headers=()), Script(599, headers=())), strict=True)
    )
    told = peers.subscribed().settled()
    reasons = [told.instance(member).reason for member in peers.subject.members]
    assert reasons == ["giveup", "probation"]


@pytest.mark.req("R6665-4.1.3-12")
def test_what_will_never_change_stays_known(peers: Peers) -> None:
    call = peers.subscribed()
    call.settled()
    last = State(pidf("bob", "for ever"), "terminated;reason=invariant;retry-after=1")
    dialog = peers.resources.dialog(peers.member)
    dialog.send(dialog.notify_request(last))
    assert dialog.answer_to_last().status == 200
    told = call.notify(2).instance(peers.member)
    assert (told.state, told.reason, told.body) == ("terminated", "invariant", last.body)
    assert call.subscribe().status == 200
    assert call.notify(3).instance(peers.member) == told


@pytest.mark.req("R3325-8-1")
def test_identity_that_a_stranger_asserts_is_not_believed(peers: Peers, new_phone: NewPhone) -> None:
    call = new_phone(peers.subject, f"sip:mallory@{peers.subject.domain}").call(peers.subject.list_uri)
    asserted = f"P-Asserted-Identity: <{peers.subject.user}>"
    assert call.subscribe(3600, [*call.headers, asserted]).status == 403


@pytest.mark.req("R3261-12.1.1-3")
def test_from_without_a_tag_harms_nobody(peers: Peers) -> None:
    call = peers.call()
    assert call.ask(call.request(3600).replace(f";tag={call.tag}".encode(), b"")).status == 200
    assert not call.notify(0).message.tag("To")

"""Requests that are not for the list server go to the presence server, or get the code that is set."""

from __future__ import annotations

from functools import partial

import pytest

from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.presence import Domain, Script

CASES = ["no list", "no eventlist", "unknown event"]


def is_copy(sent: Message, handed_on: Message) -> bool:
    return handed_on["Call-ID"] == sent["Call-ID"]


def call_of(case: str, phone: Phone, list_uri: str, domain: str) -> ListCall:
    """A SUBSCRIBE that belongs to the presence server."""
    if case == "no list":
        return phone.call(f"sip:bob@{domain}")
    if case == "unknown event":
        return phone.call(list_uri, event="reg", accept="application/reginfo+xml")
    call = phone.call(list_uri)
    call.headers = ("Accept: application/pidf+xml", "X-Unknown: kept")
    return call


@pytest.mark.req("R4662-4.1-6")
@pytest.mark.req("R3261-16.6-1")
@pytest.mark.parametrize("case", CASES)
def test_forwarded_statefully(
    case: str, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = call_of(case, phone, put_list("bob"), domain)
    resources.scripts[call.list_uri] = Script(headers=("Expires: 77", "X-Presence: here"))
    request = call.request(3600)
    response = phone.ask(request)
    assert (response.status, response["Expires"], response["X-Presence"]) == (200, "77", "here")
    assert not response.rows("Require")
    assert len(response.rows("Via")) == 1

    phone.send(request)
    phone.inbox.wait(lambda message: message.data == response.data, count=2)
    (forwarded,) = resources.requests.all()
    sent = Message(request, 0.0, phone.wire.local)
    assert forwarded.request_uri == call.list_uri
    assert forwarded["Max-Forwards"] == "69"
    assert forwarded.rows("Via")[1].startswith(sent["Via"])
    assert not forwarded.rows("Record-Route")
    for name in ("From", "To", "Call-ID", "CSeq", "Contact", "Event", "Expires", "Accept"):
        assert forwarded[name] == sent[name], name
    assert forwarded.rows("X-Unknown") == sent.rows("X-Unknown")


@pytest.mark.req("R3261-16.3-1")
def test_request_that_may_not_travel_further_is_not_forwarded(
    phone: Phone, resources: Domain, domain: str
) -> None:
    request = phone.call(f"sip:bob@{domain}").request(3600)
    assert phone.ask(request.replace(b"Max-Forwards: 70", b"Max-Forwards: 0")).status == 483
    assert not resources.requests.all()


def test_refusal_of_the_presence_server_is_relayed(phone: Phone, resources: Domain, domain: str) -> None:
    uri = f"sip:bob@{domain}"
    resources.scripts[uri] = Script(status=404, headers=())
    response = phone.call(uri).subscribe()
    assert (response.status, len(response.rows("Via"))) == (404, 1)


@pytest.mark.req("R4320-4.2-1")
def test_time_out_of_the_presence_server_is_told_to_nobody(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    """Neither its 408 nor its silence.

    A request is handed on for the sixth time at least 1.55 seconds after the first time, so that the
    first is given up, after 3.2 seconds, before that of the third.
    """
    phone = new_phone(at=start_worker(RLS_T1="0.05"))
    late, *silent, known = (f"sip:{name}@{domain}" for name in ("late", "one", "two", "three", "known"))
    resources.scripts = {late: Script(status=408), **dict.fromkeys(silent, Script(status=0))}

    for uri, times in [(late, 1), *((uri, 6) for uri in silent)]:
        request = phone.call(uri).request(3600)
        phone.send(request)
        resources.requests.wait(partial(is_copy, Message(request, 0.0, phone.wire.local)), times)
    assert phone.call(known).subscribe().status == 200
    final = phone.inbox.all(lambda message: message.status >= 200)
    assert [message.uri("To") for message in final] == [known]


def test_to_presence_code_is_answered_in_place_of_forwarding(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_TO_PRESENCE_CODE="480")
    uri = f"sip:alice-list@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [f"sip:bob@{domain}"]))
    phone = new_phone("alice", server)
    for case in CASES:
        assert call_of(case, phone, uri, domain).subscribe().status == 480
    assert not resources.requests.all()
    assert phone.call(uri).subscribe().status == 200


@pytest.mark.req("R4662-4.1-4")
@pytest.mark.req("R6665-4.2.1.1-2")
def test_without_presence_server_and_code_it_is_refused_with_the_reason(
    start_worker: Start, new_phone: NewPhone, domain: str
) -> None:
    server = start_worker(RLS_PRESENCE_SERVER="")
    uri = f"sip:alice-list@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [f"sip:bob@{domain}"]))
    phone = new_phone("alice", server)
    answers = {case: call_of(case, phone, uri, domain).subscribe() for case in CASES}
    assert [answers[case].status for case in CASES] == [404, 421, 489]
    assert answers["no eventlist"]["Require"] == "eventlist"
    assert answers["unknown event"]["Allow-Events"] == "presence, dialog, xcap-diff"

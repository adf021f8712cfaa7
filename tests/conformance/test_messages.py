"""What every message of the server is like, whatever it is for."""

from __future__ import annotations

import re

import pytest

from tests.conformance.situations import Peers
from tests.conformance.test_list_notifies import life
from tests.live.rig import list_notify
from tests.live.rig.message import Message
from tests.live.rig.waiting import eventually

MANDATORY = ("To", "From", "CSeq", "Call-ID", "Max-Forwards", "Via", "Contact", "Event", "Content-Length")


def requests(peers: Peers) -> list[Message]:
    """NOTIFYs of a subscription's whole life and SUBSCRIBEs to its members."""
    notifies = life(peers)
    dialogs = [peers.resources.dialog(member) for member in peers.subject.members]
    eventually(lambda: all(dialog.ended for dialog in dialogs), "the end of the back ends")
    return [*notifies, *(subscribe for dialog in dialogs for subscribe in dialog.subscribes)]


@pytest.mark.req("R3261-8.1.1-1", "R3261-8.1.1.5-1", "R3261-8.1.1.7-1", "R3581-3-1", "R8217-3-1")
def test_requests_have_what_every_request_needs(peers: Peers) -> None:
    branches = []
    for request in requests(peers):
        assert all(request[name] for name in MANDATORY)
        assert 0 < request.cseq < 2**31
        assert "<sip:" in request["To"] and "<sip:" in request["From"] and "<sip:" in request["Contact"]
        assert int(request["Content-Length"]) == len(request.body)
        assert re.search(r";rport(;|$)", request["Via"])
        branches += re.findall(r";branch=(z9hG4bK[^;]+)", request["Via"])
    assert len(branches) == len(set(branches)) >= 6


@pytest.mark.req("R3261-8.1.1.6-1", "R7332-5-1")
def test_requests_are_sent_on_seventy_times_at_most(peers: Peers) -> None:
    """Those that another request was the reason of, once less."""
    call = peers.call()
    request = call.request(3600).replace(b"Max-Forwards: 70", b"Max-Forwards: 20")
    assert peers.phone.ask(request).status == 200
    assert call.notify(0).message["Max-Forwards"] == "70"
    assert peers.resources.dialog(peers.member).first["Max-Forwards"] == "19"


@pytest.mark.req("R6665-8.2.1-2", "R6665-8.2.3-1")
def test_headers_of_requests_are_in_no_response(peers: Peers) -> None:
    requests(peers)
    answers = [each for each in peers.phone.inbox.all() if each.status]
    answers += [peers.resources.dialog(peers.member).answer_to_last()]
    assert len(answers) >= 4
    for answer in answers:
        assert not answer.rows("Event")
        assert not answer.rows("Subscription-State")


@pytest.mark.req("R4662-4.3-1", "R4662-5.2-1", "R4662-5.5-4", "R4662-5.5-7", "R2387-3.2-1", "R2392-2-1")
def test_each_instance_has_the_part_that_it_names(peers: Peers) -> None:
    """By Python's email parser, and RLMI by a schema."""
    for told in map(list_notify.parse, life(peers)):
        assert told.uri == peers.subject.list_uri
        known = [instance for resource in told.instances.values() for instance in resource]
        assert all(instance.body for instance in known if instance.state == "active")


@pytest.mark.req("R2392-2-2", "R2046-5.1.1-1", "R2046-5.1-1", "R5621-3.2-1", "R2387-3.4-1", "R3261-7.4.1-1")
def test_parts_are_named_told_apart_and_left_as_they_are(peers: Peers) -> None:
    names = []
    for notify in life(peers):
        (boundary,) = re.findall(r';boundary="?([^";]+)', notify["Content-Type"])
        assert re.fullmatch(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]", boundary)
        assert re.search(r'type="application/rlmi\+xml"', notify["Content-Type"])
        assert re.search(r'start="<[^"]+>"', notify["Content-Type"])
        for part in notify.body.split(b"--" + boundary.encode())[1:-1]:
            head, _, _ = part.partition(b"\r\n\r\n")
            assert b"\r\nContent-Type: " in head
            assert b"base64" not in head and b"quoted-printable" not in head
            names += re.findall(rb"\r\nContent-ID: (<[^>\s]+@[^>\s]+>)", head)
    assert len(names) == len(set(names)) >= 4

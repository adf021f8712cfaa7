"""A request with two faults is answered for the one that the table of replies has first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import pytest

from tests.conformance.conftest import NewPhone, SubjectOf
from tests.conformance.matrix import matrix
from tests.conformance.situations import Peers
from tests.conformance.subject import ALONE, BROKEN, DIGEST, LIST, LONG, PRESENCE_ONLY, USER
from tests.live.rig.presence import PresenceServer

Edit = Callable[[bytes], bytes]


def instead(before: str, after: str) -> Edit:
    def edit(request: bytes) -> bytes:
        assert before.encode() in request
        return request.replace(before.encode(), after.encode())

    return edit


def more(lines: str) -> Edit:
    return instead("\r\nContent-Length", f"\r\n{lines}\r\nContent-Length")


def no(name: str) -> Edit:
    return lambda request: re.sub(rb"\r\n" + name.encode() + rb":[^\r]*", b"", request)


def also(*edits: Edit) -> Edit:
    return lambda request: reduce(lambda edited, edit: edit(edited), edits, request)


PRESENCE, DIALOG = "Event: presence", "Event: dialog"


def with_body(kind: str) -> Edit:
    return instead("Content-Length: 0\r\n\r\n", f"Content-Type: {kind}\r\nContent-Length: 3\r\n\r\nodd")


@dataclass(frozen=True)
class Fault:
    """`row` of the table; `places` are what it changes: two faults of one place cannot be in a request."""

    row: str
    status: int
    edit: Edit
    places: frozenset[str]


def fault(row: str, status: int, edit: Edit, *places: str) -> Fault:
    return Fault(row, status, edit, frozenset(places))


TO = re.compile(rb"(\r\nTo: [^\r]*)")
FAULTS = (
    fault("D1", 400, no("Call-ID"), "parsing"),
    fault("D2", 505, instead(" SIP/2.0\r\nVia", " SIP/3.0\r\nVia"), "parsing"),
    fault("D7", 501, instead("SUBSCRIBE", "FOO"), "method"),
    fault("D8", 405, instead("SUBSCRIBE", "INVITE"), "method"),
    fault("D9", 416, instead("SUBSCRIBE sip:", "SUBSCRIBE http:"), "method"),
    fault("D10", 404, instead("@conformance.test SIP", "@elsewhere.test SIP"), "list", "dialog"),
    fault("D11", 481, lambda request: TO.sub(rb"\1;tag=none", request), "dialog"),
    fault("D14", 420, more("Require: foo"), "require"),
    fault("D15", 483, instead("Max-Forwards: 70", "Max-Forwards: 0"), "hops"),
    fault("D16", 489, no("Event"), "event"),
    fault("D17", 400, more("Event: dialog"), "event"),
    fault("D18", 489, instead("Event: presence", "Event: nothing"), "event"),
    fault("D20", 400, no("Contact"), "contact"),
    fault("D21", 404, instead(LIST, "sip:nobody@conformance.test"), "list"),
    fault("D23", 489, also(instead(LIST, PRESENCE_ONLY), instead(PRESENCE, DIALOG)), "list", "event"),
    fault("D24", 421, no("Supported"), "supported"),
    fault("D25", 403, instead(f"From: <{USER}>", "From: <sip:mallory@conformance.test>"), "from"),
    fault("D26", 406, instead("Accept: ", "Accept: text/plain\r\nX-Accept: "), "accept"),
    fault("D29", 415, with_body("text/plain"), "body"),
    fault("D35", 500, instead(LIST, LONG), "list"),
    fault("D37", 488, with_body("application/simple-filter+xml"), "body"),
    fault("D38", 423, instead("Expires: 3600", "Expires: 30"), "expires"),
    fault("D44", 502, instead(LIST, BROKEN), "list"),
)
PAIRS = [pair for pair in combinations(FAULTS, 2) if pair[0].places.isdisjoint(pair[1].places)]


@pytest.fixture
def peers(subject_of: SubjectOf, new_phone: NewPhone, back_ends: PresenceServer) -> Peers:
    subject = subject_of(ALONE)
    return Peers(subject, new_phone(subject), back_ends)


@pytest.mark.req("R3261-8.2-2")
@pytest.mark.parametrize("first", FAULTS, ids=lambda fault: fault.row)
def test_the_earlier_row_answers(first: Fault, peers: Peers) -> None:
    later = [pair[1] for pair in PAIRS if pair[0] is first]
    answers = {each.row: answer_to(peers, also(first.edit, each.edit)) for each in later}
    assert answers == {each.row: first.status for each in later}


@pytest.mark.req("R3261-8.2-2", "D5")
@pytest.mark.parametrize("each", FAULTS[4:], ids=lambda fault: fault.row)
def test_who_asks_comes_before_what_is_asked(
    each: Fault, subject_of: SubjectOf, new_phone: NewPhone, back_ends: PresenceServer
) -> None:
    subject = subject_of(DIGEST)
    assert answer_to(Peers(subject, new_phone(subject), back_ends), each.edit) == 401


def answer_to(peers: Peers, edit: Edit) -> int:
    return peers.phone.ask(edit(peers.call().request(3600))).status


def test_faults_are_those_of_the_table_in_its_order() -> None:
    order = [each.id for each in matrix("decisions")]
    places = [order.index(each.row) for each in FAULTS]
    assert places == sorted(places)

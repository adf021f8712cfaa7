"""A request with two faults is answered for the one that the table of replies has first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.conformance.conftest import NewPhone, SubjectOf
from tests.conformance.edits import Edit, also, instead, measured, more, no, with_body
from tests.conformance.matrix import matrix
from tests.conformance.multiparts import OPTIONAL, filter_part
from tests.conformance.recipients import MEDIA_TYPE, REQUIRE, bringing_parts, list_part
from tests.conformance.situations import Peers
from tests.conformance.subject import (
    ALONE,
    BROKEN,
    DIGEST,
    LIST,
    LONG,
    PRESENCE_ONLY,
    TAKING_LISTS,
    USER,
)
from tests.live.rig.presence import PresenceServer

PRESENCE, DIALOG = "Event: presence", "Event: dialog"


@dataclass(frozen=True)
class Fault:
    """`row` of the table; `places` are what it changes: two faults of one place cannot be in a request."""

    row: str
    status: int
    edit: Edit
    places: frozenset[str]


def fault(row: str, status: int, edit: Edit, *places: str) -> Fault:
    return Fault(row, status, edit, frozenset(places))


ORDER = {each.id: number for number, each in enumerate(matrix("decisions"))}
ORDER["D31"] = ORDER["D14"]
"""Where no lists can be brought along, their option tag is one that is not known."""
TO = re.compile(rb"(\r\nTo: [^\r]*)")
OF_ALL = (
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
    fault("D18", 489, instead(PRESENCE, "Event: nothing"), "event"),
    fault("D20", 400, no("Contact"), "contact"),
    fault("D24", 421, no("Supported"), "supported"),
    fault("D26", 406, instead("Accept: ", "Accept: text/plain\r\nX-Accept: "), "accept"),
    fault("D38", 423, instead("Expires: 3600", "Expires: 30"), "expires"),
)
OF_STORED_LISTS = (
    fault("D21", 404, instead(LIST, "sip:nobody@conformance.test"), "list"),
    fault("D23", 489, also(instead(LIST, PRESENCE_ONLY), instead(PRESENCE, DIALOG)), "list", "event"),
    fault("D25", 403, instead(f"From: <{USER}>", "From: <sip:mallory@conformance.test>"), "from"),
    fault("D29", 415, with_body("text/plain"), "body"),
    fault("D31", 420, also(more(REQUIRE), with_body(MEDIA_TYPE)), "require", "body"),
    fault("D35", 500, instead(LIST, LONG), "list"),
    fault("D37", 488, with_body("application/simple-filter+xml"), "body"),
    fault("D44", 502, instead(LIST, BROKEN), "list"),
)
THREE_MORE = "".join(f'<entry uri="sip:{name}@x.test"/>' for name in "abc")
OF_BROUGHT_LISTS = (
    fault("D29", 415, instead("handling=optional", "handling=required"), "other part"),
    fault("D30", 415, more("Content-Encoding: br"), "coding"),
    fault("D32", 400, instead("<list>", "<lost>"), "entries"),
    fault("D35", 413, instead("<list>", f"<list>{THREE_MORE}"), "entries"),
    fault("D37", 488, instead("what>", "odd>"), "filter"),
)


def in_order(*faults: Fault) -> list[Fault]:
    return sorted(faults, key=lambda fault: ORDER[fault.row])


STORED, BROUGHT = in_order(*OF_ALL, *OF_STORED_LISTS), in_order(*OF_ALL, *OF_BROUGHT_LISTS)


def subscribe(peers: Peers) -> bytes:
    return peers.call().request(3600)


def bringing_a_list(peers: Peers) -> bytes:
    parts = list_part(*peers.subject.members), filter_part("1"), OPTIONAL
    return bringing_parts(peers, *parts).request(3600)


@pytest.mark.req("R3261-8.2-2")
@pytest.mark.parametrize("first", STORED, ids=lambda fault: fault.row)
def test_the_earlier_row_answers(
    first: Fault, subject_of: SubjectOf, new_phone: NewPhone, back_ends: PresenceServer
) -> None:
    subject = subject_of(ALONE)
    check_pairs(first, STORED, subscribe, Peers(subject, new_phone(subject), back_ends))


@pytest.mark.req("R3261-8.2-2", "D32", "D35")
@pytest.mark.parametrize("first", BROUGHT, ids=lambda fault: fault.row)
def test_the_earlier_row_answers_who_brings_a_list(
    first: Fault, subject_of: SubjectOf, new_phone: NewPhone, back_ends: PresenceServer
) -> None:
    subject = subject_of(TAKING_LISTS)
    peers = Peers(subject, new_phone(subject), back_ends)
    assert answer_to(peers, bringing_a_list(peers)) == 200, "nothing else is wrong with it"
    check_pairs(first, BROUGHT, bringing_a_list, peers)


def check_pairs(
    first: Fault, faults: Sequence[Fault], request: Callable[[Peers], bytes], peers: Peers
) -> None:
    later = [each for each in faults[faults.index(first) + 1 :] if each.places.isdisjoint(first.places)]
    answers = {each.row: answer_to(peers, also(first.edit, each.edit)(request(peers))) for each in later}
    assert answers == {each.row: first.status for each in later}


@pytest.mark.req("R3261-8.2-2", "D5")
@pytest.mark.parametrize(
    ("of", "each"),
    [
        *(pytest.param(subscribe, each, id=each.row) for each in STORED[4:]),
        *(pytest.param(bringing_a_list, each, id=f"{each.row} brought") for each in OF_BROUGHT_LISTS),
    ],
)
def test_who_asks_comes_before_what_is_asked(
    of: Callable[[Peers], bytes],
    each: Fault,
    subject_of: SubjectOf,
    new_phone: NewPhone,
    back_ends: PresenceServer,
) -> None:
    subject = subject_of(DIGEST)
    peers = Peers(subject, new_phone(subject), back_ends)
    assert answer_to(peers, each.edit(of(peers))) == 401


def answer_to(peers: Peers, request: bytes) -> int:
    return peers.phone.ask(measured(request)).status

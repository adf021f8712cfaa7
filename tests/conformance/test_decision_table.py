"""Input and reply, row by row, in the order in which a server checks (RFC 3261 section 8.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.conformance import authenticated, in_dialog
from tests.conformance.conftest import NewPhone, SubjectOf
from tests.conformance.matrix import matrix, untestable
from tests.conformance.recipients import brought, list_of, refreshed_with_list, too_long
from tests.conformance.situations import (
    Peers,
    Situation,
    added,
    asked,
    by_somebody_else,
    changed,
    merged,
    of_event,
    of_no_dialog,
    other_method,
    retransmitted,
    to,
    without,
)
from tests.conformance.subject import (
    ALONE,
    BROKEN,
    DIGEST,
    FULL,
    LIMITED,
    LONG,
    ONE_EACH,
    OPEN,
    PRESENCE_ONLY,
)
from tests.live.rig.presence import PresenceServer

ANYTHING = ""
"""Of a header's value: it has to be there."""
EVENTS = {"Allow-Events": ANYTHING}
LIST_TYPES = "multipart/related, application/rlmi+xml"
TWO_FILTERS = (
    b'<filter-set xmlns="urn:ietf:params:xml:ns:simple-filter">'
    b'<filter id="1" uri="sip:bob@example.com"><what><include>//x</include></what></filter>'
    b'<filter id="2" uri="sip:bob@EXAMPLE.com"><what><include>//y</include></what></filter></filter-set>'
)
"""For one resource."""
OLD_ACCEPT = f"Accept: {LIST_TYPES}, application/pidf+xml"


@dataclass(frozen=True)
class Row:
    """`headers` that the reply must have, with their values. `at` names the settings of the server,
    `also` requirements beside that of the row."""

    id: str
    situation: Situation
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    at: str = OPEN
    also: tuple[str, ...] = ()


ROWS = (
    Row("D1", without("Call-ID"), 400),
    Row("D2", changed(" SIP/2.0\r\nVia", " SIP/3.0\r\nVia"), 505),
    Row("D3", added(f"X-Long: {'x' * 20_000}"), 513),
    Row("D4", retransmitted, 200, {"Require": "eventlist"}),
    Row("D5", asked(3600), 401, {"WWW-Authenticate": ANYTHING}, DIGEST),
    Row("D5", authenticated.unproven(password="wrong"), 401, {"WWW-Authenticate": ANYTHING}, DIGEST),
    Row("D5", authenticated.unproven("nobody"), 401, {"WWW-Authenticate": ANYTHING}, DIGEST),
    Row(
        "D5", authenticated.unproven(change=authenticated.forged), 401, {"WWW-Authenticate": ANYTHING}, DIGEST
    ),
    Row("D6", authenticated.by_another_users_password, 403, at=DIGEST),
    Row("D7", other_method("FOO"), 501, {"Allow": ANYTHING}),
    Row("D8", other_method("INVITE"), 405, {"Allow": ANYTHING}),
    Row("D9", changed("SUBSCRIBE sip:", "SUBSCRIBE http:"), 416),
    Row("D10", to("team", "elsewhere.invalid"), 404),
    Row("D11", of_no_dialog, 481),
    Row("D12", merged, 482),
    Row("D13", in_dialog.older_cseq, 500),
    Row("D14", added("Require: eventlist, foo"), 420, {"Unsupported": "foo"}),
    Row("D15", changed("Max-Forwards: 70", "Max-Forwards: 0"), 483),
    Row("D16", without("Event"), 489, EVENTS),
    Row("D17", added("Event: dialog"), 400),
    Row("D17", changed("Event: presence", "Event: presence, dialog"), 400),
    Row("D18", of_event("nothing"), 489, EVENTS, ALONE),
    Row("D19", of_event("reg"), 200),
    Row("D20", without("Contact"), 400),
    Row("D20", added("Contact: <sip:other@127.0.0.1>"), 400),
    Row("D21", to("nobody"), 404, at=ALONE),
    Row("D21", to("somebody"), 200),
    Row("D22", in_dialog.store_is_away, 500, {"Retry-After": ANYTHING}, ALONE),
    Row("D23", of_event("dialog", PRESENCE_ONLY), 489, EVENTS, ALONE),
    Row("D24", without("Supported"), 421, {"Require": "eventlist"}, ALONE),
    Row("D24'", without("Supported"), 200),
    Row("D25", by_somebody_else, 403),
    Row("D26", changed(OLD_ACCEPT, "Accept: text/plain"), 406, {"Accept": ANYTHING}),
    Row("D26", changed(OLD_ACCEPT, "Accept: */*, application/rlmi+xml;q=0"), 406, {"Accept": ANYTHING}),
    Row("D27", changed(OLD_ACCEPT, f"Accept: {LIST_TYPES}"), 200),
    Row("D28", without("Accept"), 200, {"Require": "eventlist"}),
    Row("D29", added("Content-Type: text/plain", body=b"odd"), 415, {"Accept": ANYTHING}),
    Row("D30", added("Content-Encoding: br", body=b"odd"), 415, {"Accept-Encoding": ANYTHING}),
    Row("D31", brought(list_of("{member}")), 420, {"Unsupported": "recipient-list-subscribe"}, ALONE),
    Row("D32", brought(""), 400, {"Warning": ANYTHING}),
    Row("D32", brought("<resource-lists><list>"), 400, {"Warning": ANYTHING}),
    Row("D33", in_dialog.refreshed_with_body, 415, {"Accept": ANYTHING}),
    Row("D33", refreshed_with_list, 415, {"Accept": ANYTHING}, also=("R5367-5.1-1",)),
    Row("D34", brought(list_of("{member}"), require=False), 200, {"Require": "eventlist"}),
    Row("D35", of_event("presence", LONG), 500, at=LIMITED, also=("R5363-5.3-1",)),
    Row("D35", too_long, 413),
    Row(
        "D37",
        added("Content-Type: application/simple-filter+xml", body=b"<odd/>"),
        488,
        {"Warning": ANYTHING},
        also=("R4660-5.4-1",),
    ),
    Row(
        "D37",
        added("Content-Type: application/simple-filter+xml", body=TWO_FILTERS),
        488,
        {"Warning": ANYTHING},
        also=("R4660-4.1-5",),
    ),
    Row("D38", asked(30), 423, {"Min-Expires": "60"}),
    Row("D39", asked(3600), 200, {"Expires": "3600"}, ALONE),
    Row("D40", asked(99_999), 200, {"Expires": "7200"}),
    Row("D41", asked(None), 200, {"Expires": "3600"}),
    Row("D41", changed("Expires: 3600", "Expires: soon"), 200, {"Expires": "3600"}),
    Row("D42", asked(0), 200, {"Expires": "0", "Require": "eventlist"}),
    Row("D43", in_dialog.unsubscribed, 200, {"Expires": "0", "Require": "eventlist"}),
    Row("D44", of_event("presence", BROKEN), 502, {"Warning": ANYTHING}, ALONE),
    Row("D45", in_dialog.one_more, 403, at=ONE_EACH),
    Row("D45", in_dialog.one_more, 503, {"Retry-After": ANYTHING}, FULL, ("R3261-20.33-1",)),
    Row("D46", in_dialog.other_event, 403),
    Row("D47", asked(3600), 200, {"Contact": ANYTHING, "Expires": "3600", "Require": "eventlist"}),
    Row("D48", in_dialog.cancelled, 200),
    Row("D48", other_method("CANCEL"), 481),
    Row("D49", other_method("OPTIONS"), 200, {"Allow": ANYTHING, "Supported": ANYTHING, **EVENTS}),
    Row("D50", in_dialog.of_no_subscription, 481),
    Row("D51", in_dialog.notified("Event: presence", "Event: nothing"), 489, EVENTS),
    Row("D52", in_dialog.notified("Subscription-State: ", "X-State: "), 400),
    Row("D52", in_dialog.notified("Event: ", "X-Event: "), 400),
    Row("D53", in_dialog.notified("Event: ", "Require: foo\r\nEvent: "), 420, {"Unsupported": "foo"}),
    Row("D54", in_dialog.of_a_second_dialog, 481),
    Row("D55", in_dialog.notified(), 200),
    Row("D56", in_dialog.store_is_slow, 100, at=ALONE, also=("R4320-4.1-1", "R4320-4.1-2")),
    Row(
        "D57",
        other_method("PUBLISH", "Event: presence"),
        405,
        {"Allow": ANYTHING},
        ALONE,
        also=("R3903-4-1",),
    ),
    Row("D57", other_method("PUBLISH", "Event: presence"), 200),
    Row("D58", added("Require: sec-agree"), 420, {"Unsupported": "sec-agree"}),
    Row("D58", added("Proxy-Require: sec-agree"), 420, {"Unsupported": "sec-agree"}),
)


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.id, marks=pytest.mark.req(row.id, *row.also)) for row in ROWS]
)
def test_reply(row: Row, subject_of: SubjectOf, new_phone: NewPhone, back_ends: PresenceServer) -> None:
    subject = subject_of(row.at)
    reply = row.situation(Peers(subject, new_phone(subject), back_ends))
    assert reply.status == row.status, reply.data
    for name, value in row.headers.items():
        assert value in ", ".join(reply.rows(name) or ["(none)"]), reply.data
        assert reply.rows(name), name


def test_rows_are_those_of_the_table_in_its_order() -> None:
    order = {each.id: index for index, each in enumerate(matrix("decisions"))}
    places = [order[row.id] for row in ROWS]
    assert places == sorted(places)
    assert order.keys() - {row.id for row in ROWS} <= untestable().keys()

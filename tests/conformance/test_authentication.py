"""Who asks, and in which order it is looked at."""

from __future__ import annotations

import pytest

from tests.conformance.authenticated import credentials
from tests.conformance.conftest import NewPhone, SubjectOf
from tests.conformance.situations import Peers, Situation, added, changed, of_no_dialog, without
from tests.conformance.subject import DIGEST, Subject
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import PresenceServer


@pytest.fixture
def subject(subject_of: SubjectOf) -> Subject:
    return subject_of(DIGEST)


@pytest.mark.req("R3261-8.2-2", "D5")
@pytest.mark.parametrize(
    "situation",
    [
        pytest.param(added("Require: foo"), id="D14"),
        pytest.param(changed("SUBSCRIBE sip:", "SUBSCRIBE http:"), id="D9"),
        pytest.param(changed("Max-Forwards: 70", "Max-Forwards: 0"), id="D15"),
        pytest.param(changed("Event: presence", "Event: a, b"), id="D17"),
        pytest.param(without("Contact"), id="D20"),
        pytest.param(of_no_dialog, id="D11"),
    ],
)
def test_who_asks_comes_before_what_is_asked(
    situation: Situation, subject: Subject, new_phone: NewPhone, back_ends: PresenceServer
) -> None:
    assert situation(Peers(subject, new_phone(subject), back_ends)).status == 401


def answered(call: ListCall, user: str, uri: str) -> int:
    """The status that the right password gets with this Digest uri."""
    challenge = call.subscribe()
    assert challenge.status == 401
    return call.subscribe(3600, [*call.headers, credentials(challenge, user, uri)]).status


@pytest.mark.req("R8760-2.6-1")
def test_digest_uri_may_differ_in_its_port(subject: Subject, new_phone: NewPhone) -> None:
    call = new_phone(subject).call(subject.list_uri)
    assert answered(call, subject.user, f"{subject.list_uri}:5060") == 200


@pytest.mark.req("R8760-2.6-1")
def test_digest_uri_of_another_server_is_refused(subject: Subject, new_phone: NewPhone) -> None:
    call = new_phone(subject).call(subject.list_uri)
    assert answered(call, subject.user, "sip:team@elsewhere.invalid") == 400
    assert not call.notifies

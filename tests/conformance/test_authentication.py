"""Who asks, and how that is proven."""

from __future__ import annotations

import re

import pytest

from tests.conformance.authenticated import HASHES, credentials
from tests.conformance.conftest import NewPhone, SubjectOf
from tests.conformance.subject import DIGEST, Subject
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall


@pytest.fixture
def subject(subject_of: SubjectOf) -> Subject:
    return subject_of(DIGEST)


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


@pytest.mark.req("R8760-2.3-1", "R8760-2.2-1", "R3261-22.1-1", "R3261-22.4-1", "R8760-2.6-2")
@pytest.mark.parametrize("algorithm", HASHES)
def test_each_algorithm_that_is_offered_is_taken(
    subject: Subject, new_phone: NewPhone, algorithm: str
) -> None:
    call = new_phone(subject).call(subject.list_uri)
    challenge = call.subscribe()
    offered = [re.findall(r"algorithm=([\w-]+)", row)[0] for row in challenge.rows("WWW-Authenticate")]
    assert offered == list(HASHES), "the best first"
    qops = [re.findall(r'qop="([^"]*)"', row) for row in challenge.rows("WWW-Authenticate")]
    assert qops == [["auth"]] * len(HASHES), "auth-int is not offered"
    answer = credentials(challenge, subject.user, call.target, algorithm=algorithm)
    assert call.subscribe(3600, [*call.headers, answer]).status == 200


@pytest.mark.req("R6665-6.4-1")
def test_credentials_cannot_be_used_again_but_their_nonce_can(subject: Subject, new_phone: NewPhone) -> None:
    call = new_phone(subject).call(subject.list_uri)
    challenge, uri = call.subscribe(), call.target

    def refreshed(count: int) -> Message:
        answer = credentials(challenge, subject.user, uri, count=count)
        return call.subscribe(3600, [*call.headers, answer])

    assert refreshed(1).status == 200
    replayed = refreshed(1)
    assert replayed.status == 401
    assert all("stale=true" in row for row in replayed.rows("WWW-Authenticate"))
    assert refreshed(2).status == 200

"""Who is asking: trusted proxies, Digest, or whoever From says on a loopback address."""

from __future__ import annotations

from typing import Any

import pytest

from rls.domain import digest
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Claim, Policy, Rejection, aor
from sipworker.sip.flow import Flow
from sipworker.sip.message import Request, parse
from tests.pure.sip.samples import raw

NOW = 1_000_000.0
HA1 = {
    algorithm: digest.ha1(algorithm, "alice", "example.test", "secret") for algorithm in ("MD5", "SHA-256")
}
URI = "sip:friends@example.test"


def source(host: str = "192.0.2.7") -> Flow:
    return Flow("udp", ("192.0.2.1", 5060), (host, 5060))


def subscribe(sender: str = "<sip:alice@example.test>;tag=1", **headers: str) -> Request:
    change = {"From": sender, "CSeq": "1 SUBSCRIBE"}
    change |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = parse(raw(f"SUBSCRIBE {URI} SIP/2.0", change=change))
    assert isinstance(request, Request)
    return request


def policy(**options: Any) -> Policy:
    return Policy(WorkerOptions(secret=b"secret", **options))


def digest_policy(**options: Any) -> Policy:
    return policy(sip_auth="digest", **options)


def trusting(*proxies: str) -> Policy:
    return policy(trusted_proxies=frozenset(proxies))


def challenged(judged: Claim | Rejection | None) -> list[str]:
    """The challenges of a 401."""
    assert isinstance(judged, Rejection) and judged.status == 401
    assert {name for name, _ in judged.headers} == {"WWW-Authenticate"}
    return [value for _, value in judged.headers]


def answering(
    challenges: list[str], nc: int = 1, password: str = "secret", user: str = "alice", **headers: str
) -> Request:
    value = digest.answer(
        challenges, method="SUBSCRIBE", uri=URI, username=user, password=password, cnonce="c", nc=nc
    )
    return subscribe(Authorization=value or "", **headers)


def made_for(judge: Policy, uri: str) -> Request:
    """A request with the right password and another Digest uri than its own."""
    challenges = challenged(judge.claim(subscribe(), source(), NOW))
    value = digest.answer(
        challenges, method="SUBSCRIBE", uri=uri, username="alice", password="secret", cnonce="c"
    )
    return subscribe(Authorization=value or "")


def judged(judge: Policy, request: Request, now: float = NOW) -> Claim | Rejection:
    """Claim and verification, as Admission does both."""
    claim = judge.claim(request, source(), now)
    if isinstance(claim, Rejection):
        return claim
    ha1 = HA1 if claim.credentials and claim.credentials.username == "alice" else None
    return judge.verified(request, claim, ha1, now) or claim


# -- trusted proxies


@pytest.mark.req("R3325-5-1")
def test_a_trusted_proxy_is_believed_who_the_watcher_is() -> None:
    request = subscribe(
        "<sip:anonymous@anonymous.invalid>;tag=1", P_Asserted_Identity="<sip:alice@example.test>"
    )
    assert trusting("192.0.2.7").claim(request, source(), NOW) == Claim("sip:alice@example.test")


@pytest.mark.parametrize("network", ["192.0.2.0/24", "192.0.2.7/32"])
def test_networks_may_be_trusted(network: str) -> None:
    assert isinstance(trusting(network).claim(subscribe(), source(), NOW), Claim)


def test_the_sip_uri_is_taken_of_two_asserted() -> None:
    request = subscribe(P_Asserted_Identity='<tel:+4930123456>, "Alice" <sip:alice@example.test>')
    assert trusting("192.0.2.7").claim(request, source(), NOW) == Claim("sip:alice@example.test")


@pytest.mark.parametrize("asserted", [{}, {"P_Asserted_Identity": "<tel:+4930123456>"}])
def test_from_is_believed_of_a_trusted_proxy_that_asserts_no_sip_uri(asserted: dict[str, str]) -> None:
    claim = trusting("192.0.2.7").claim(subscribe(**asserted), source(), NOW)
    assert claim == Claim("sip:alice@example.test")


@pytest.mark.req("R3325-8-1")
@pytest.mark.parametrize("host", ["192.0.2.66", "2001:db8::7", "fe80::7%eth0"])
def test_strangers_are_refused_where_proxies_are_trusted(host: str) -> None:
    forged = subscribe(P_Asserted_Identity="<sip:alice@example.test>")
    judged = trusting("192.0.2.7").claim(forged, source(host), NOW)
    assert isinstance(judged, Rejection) and judged.status == 403


@pytest.mark.req("R3325-8-1")
def test_a_forged_identity_is_ignored() -> None:
    forged = subscribe("<sip:mallory@example.test>;tag=1", P_Asserted_Identity="<sip:alice@example.test>")
    assert policy().claim(forged, source("127.0.0.1"), NOW) == Claim("sip:mallory@example.test")
    challenged(
        policy(sip_auth="digest", trusted_proxies=frozenset({"192.0.2.9"})).claim(forged, source(), NOW)
    )


def test_without_authentication_from_is_believed() -> None:
    assert policy().claim(subscribe(), source("127.0.0.1"), NOW) == Claim("sip:alice@example.test")


# -- Digest


@pytest.mark.req("R8760-2.3-1", "R3261-22.2-1", "R3261-22.4-1", "R6665-4.2.1.3-1", "R6665-4.2.1.1-3")
def test_who_shows_no_credentials_is_challenged_best_algorithm_first() -> None:
    challenges = list(
        map(digest.Challenge.parse, challenged(digest_policy().claim(subscribe(), source(), NOW)))
    )
    assert [challenge and challenge.algorithm for challenge in challenges] == ["SHA-256", "MD5"]
    assert {challenge and challenge.realm for challenge in challenges} == {"example.test"}
    assert {challenge and (challenge.qop, challenge.stale) for challenge in challenges} == {
        (("auth",), False)
    }


def test_the_realm_may_be_set() -> None:
    challenges = challenged(digest_policy(realm="pbx").claim(subscribe(), source(), NOW))
    assert all('realm="pbx"' in challenge for challenge in challenges)


@pytest.mark.parametrize("algorithm", [0, 1], ids=["SHA-256", "MD5"])
def test_the_right_password_proves_the_claim(algorithm: int) -> None:
    judge = digest_policy()
    challenges = challenged(judged(judge, subscribe()))
    claim = judged(judge, answering(challenges[algorithm:]))
    assert isinstance(claim, Claim) and claim.identity == "sip:alice@example.test"


def test_an_answer_without_a_count_is_no_second_time_good() -> None:
    judge = digest_policy()
    challenge = challenged(judged(judge, subscribe()))[1].replace(', qop="auth"', "")
    request = answering([challenge])
    assert isinstance(judged(judge, request), Claim)
    assert all("stale=true" in again for again in challenged(judged(judge, request)))


@pytest.mark.req("R3261-22.4-1")
def test_clients_without_qop_are_served() -> None:
    judge = digest_policy()
    challenge = challenged(judged(judge, subscribe()))[1].replace(', qop="auth"', "")
    request = answering([challenge])
    assert "qop" not in request.rows("authorization")[0]
    assert isinstance(judged(judge, request), Claim)


@pytest.mark.req("R6665-6.3-1")
def test_wrong_passwords_and_unknown_users_are_challenged_alike() -> None:
    judge = digest_policy()
    challenges = challenged(judged(judge, subscribe()))
    for request in (answering(challenges, password="guess"), answering(challenges, user="nobody")):
        assert not any("stale" in challenge for challenge in challenged(judged(judge, request)))


def test_an_old_nonce_is_stale() -> None:
    judge = digest_policy()
    late = answering(challenged(judged(judge, subscribe())))
    assert all("stale=true" in challenge for challenge in challenged(judged(judge, late, NOW + 301)))


def test_a_nonce_of_another_server_is_not_called_stale() -> None:
    foreign = challenged(
        Policy(WorkerOptions(secret=b"other", sip_auth="digest")).claim(subscribe(), source(), NOW)
    )
    again = challenged(judged(digest_policy(), answering(foreign)))
    assert not any("stale" in challenge for challenge in again)


@pytest.mark.req("R6665-6.4-1")
def test_a_replay_is_challenged_and_a_new_count_is_not() -> None:
    judge = digest_policy()
    challenges = challenged(judged(judge, subscribe()))
    assert isinstance(judged(judge, answering(challenges)), Claim)
    assert all("stale=true" in challenge for challenge in challenged(judged(judge, answering(challenges))))
    assert isinstance(judged(judge, answering(challenges, nc=2)), Claim)


@pytest.mark.parametrize(
    "sender", ["<sip:bob@example.test>;tag=1", "<sip:alice@example.test.evil.test>;tag=1"]
)
def test_d6_from_must_be_the_authenticated_user(sender: str) -> None:
    judge = digest_policy(realm="example.test")
    request = answering(challenged(judged(judge, subscribe())), From=sender)
    rejection = judged(judge, request)
    assert isinstance(rejection, Rejection) and rejection.status == 403


def test_the_case_of_names_does_not_matter() -> None:
    judge = digest_policy(realm="example.test")
    request = answering(challenged(judged(judge, subscribe())), From="<sip:Alice@EXAMPLE.test>;tag=1")
    assert isinstance(judged(judge, request), Claim)


@pytest.mark.req("R3261-22.1-1")
@pytest.mark.parametrize("value", ["Basic YWxpY2U6c2VjcmV0", "Digest", 'Digest realm="other"', "\x80"])
def test_credentials_that_are_none_are_challenged(value: str) -> None:
    challenged(judged(digest_policy(), subscribe(Authorization=value)))


# -- may they


@pytest.mark.req("R4662-4.4-1")
@pytest.mark.parametrize("uri", ["", "tel:+4930", "sip:", "sip:example.test"])
def test_who_has_no_name_owns_nothing(uri: str) -> None:
    assert not policy().may_use(uri, "alice@example.test")


@pytest.mark.parametrize("uri", ["sip:Alice@Example.Test:5061;x=y", "sips:alice@example.test"])
def test_users_are_compared_by_name_and_host(uri: str) -> None:
    assert aor(uri) == "alice@example.test"


@pytest.mark.req("R8760-2.6-1")
@pytest.mark.parametrize(
    "uri", [URI, "sip:friends@example.test:5060", "sip:example.test", "example.test", "sip:rls@LISTS.TEST"]
)
def test_what_phones_write_as_digest_uri_is_taken(uri: str) -> None:
    judge = digest_policy(domains=frozenset({"lists.test"}))
    assert isinstance(judged(judge, made_for(judge, uri)), Claim)


@pytest.mark.req("R8760-2.6-1")
@pytest.mark.parametrize("uri", ["sip:friends@elsewhere.test", "sip:example.test.evil.test", "", "/", "sip:"])
def test_credentials_made_for_another_server_are_refused(uri: str) -> None:
    judge = digest_policy()
    refusal = judged(judge, made_for(judge, uri))
    assert isinstance(refusal, Rejection)
    assert (refusal.status, refusal.reason) == (400, "Digest uri names another server")

"""In whose name back ends are asked, and how their challenges are answered."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, Script


def stored(server: ListServer, domain: str, *members: str) -> str:
    """Alice's list of these users; its URI."""
    uri = f"sip:friends@{domain}"
    document = documents.simple(uri, (f"sip:{member}@{domain}" for member in members))
    server.database.store_list(f"alice@{domain}", uri, document)
    return uri


def asked(resources: Domain, domain: str) -> Message:
    """The first SUBSCRIBE for Bob."""
    return resources.dialog(f"sip:bob@{domain}").first


def subscribe(phone: Phone, uri: str, *headers: str) -> Message:
    call = phone.call(uri)
    return call.subscribe(3600, [*call.headers, *headers])


@pytest.mark.req("R4662-7.1.1-2")
def test_from_is_the_watcher_and_nothing_is_asserted(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker()
    assert subscribe(new_phone(at=server), stored(server, domain, "bob")).status == 200
    request = asked(resources, domain)
    assert request.uri("From") == f"sip:alice@{domain}"
    assert not request.rows("P-Asserted-Identity")


@pytest.mark.req("R5876-4.1-1", "R5876-4.1-2", "R3325-7-1")
@pytest.mark.parametrize("privacy", ["", "none", "id"])
def test_identity_is_asserted_where_it_is_trusted(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str, privacy: str
) -> None:
    server = start_worker(RLS_BACKEND_IDENTITY="asserted")
    wish = [f"Privacy: {privacy}"] if privacy else []
    assert subscribe(new_phone(at=server), stored(server, domain, "bob"), *wish).status == 200
    request = asked(resources, domain)
    assert request["P-Asserted-Identity"] == f"<sip:alice@{domain}>"
    assert request.rows("Privacy") == ([privacy] if privacy else [])
    assert not request.rows("P-Preferred-Identity")
    hidden = request.uri("From") == "sip:anonymous@anonymous.invalid"
    assert hidden == (privacy == "id")


@pytest.mark.req("R3325-5-1")
@pytest.mark.req("R3325-7-1", "R3325-8-2")
def test_hidden_identity_does_not_leave_the_trust_domain(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    """DNS, or an address in the list, leads anywhere."""
    server = start_worker(
        RLS_BACKEND_IDENTITY="asserted",
        RLS_PRESENCE_SERVER="",
        RLS_DOMAINS="lists.test",
        RLS_TRUSTED_PROXIES="127.0.0.1",
    )
    phone = new_phone(at=server)
    elsewhere = f"sip:bob@127.0.0.1:{phone.wire.local[1]}"
    uri = "sip:friends@lists.test"
    server.database.store_list("alice@lists.test", uri, documents.simple(uri, [elsewhere]))
    phone.user = "sip:anonymous@anonymous.invalid"
    response = subscribe(phone, uri, "P-Asserted-Identity: <sip:alice@lists.test>", "Privacy: id")
    assert response.status == 200
    request = phone.inbox.wait(lambda message: message.start_line.startswith("SUBSCRIBE"))
    assert request.uri("From") == "sip:anonymous@anonymous.invalid"
    assert not request.rows("P-Asserted-Identity")
    assert b"alice@lists.test" not in request.data


@pytest.mark.req("R4662-7.1.2-1")
def test_own_identity_for_watchers_of_other_domains(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_DOMAINS=domain, RLS_LIST_ACCESS="anyone", RLS_BACKEND_IDENTITY="asserted")
    phone = new_phone(at=server)
    phone.user = "sip:guest@elsewhere.test"
    assert subscribe(phone, stored(server, domain, "bob")).status == 200
    request = asked(resources, domain)
    assert request.uri("From") == f"sip:rls@{domain}"
    assert not request.rows("P-Asserted-Identity")


def test_own_identity_for_everybody(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_BACKEND_IDENTITY="own", RLS_IDENTITY="sip:lists@rls.test")
    assert subscribe(new_phone(at=server), stored(server, domain, "bob")).status == 200
    assert asked(resources, domain).uri("From") == "sip:lists@rls.test"


@pytest.mark.req("R6665-6.2-1")
def test_polite_denial_looks_like_a_list(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_LIST_DENIAL="polite")
    uri = stored(server, domain, "bob")
    stranger = new_phone("mallory", at=server)
    call = stranger.subscribe(uri)
    told = call.notify(0)
    assert (told.full, told.resources, told.state) == (True, [], "active;expires=3600")
    server.worker.stop()
    server.start_worker()
    assert call.subscribe().status == 200
    assert call.notify(1).resources == []
    assert not resources.dialogs
    assert call.subscribe(0).status == 200
    final = ["terminated;reason=timeout"]
    stranger.inbox.wait(lambda message: message.rows("Subscription-State") == final)


# -- challenges


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def given(request: Message, header: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="?([^",]*)"?', request[header].removeprefix("Digest ")))


def challenge(status: int, *values: str) -> Script:
    name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    return Script(status, tuple(f"{name}: {value}" for value in values))


@pytest.mark.req("R3261-22.2-1", "R3261-8.1.3.5-1", "R8760-2.4-1", "R8760-2.2-1")
@pytest.mark.parametrize("status", [401, 407])
def test_topmost_challenge_is_answered_and_its_nonce_used_again(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str, status: int
) -> None:
    server = start_worker(RLS_BACKEND_CREDENTIALS="back.test=rls:s3cret", RLS_BACKEND_IN_FLIGHT="1")
    bob = f"sip:bob@{domain}"
    offered = [
        'Digest realm="back.test", nonce="n1", algorithm=SHA-3, qop="auth"',
        'Digest realm="back.test", nonce="n1", algorithm=SHA-256, qop="auth"',
        'Digest realm="back.test", nonce="n1", algorithm=MD5, qop="auth"',
    ]
    accepting = resources.default(bob)
    answers = [challenge(status, *offered)]
    resources.default = lambda uri: answers.pop(0) if answers else accepting
    assert subscribe(new_phone(at=server), stored(server, domain, "bob", "claire")).status == 200
    resources.dialog(f"sip:claire@{domain}")
    first, second, third = resources.requests.all()[:3]
    header = "Authorization" if status == 401 else "Proxy-Authorization"
    assert not first.rows(header)
    assert (second["Call-ID"], second.cseq) == (first["Call-ID"], first.cseq + 1)
    for request, count in ((second, "00000001"), (third, "00000002")):
        values = given(request, header)
        assert (values["nc"], values["algorithm"], values["username"]) == (count, "SHA-256", "rls")
        a1, a2 = sha256("rls:back.test:s3cret"), sha256(f"SUBSCRIBE:{values['uri']}")
        expected = sha256(f"{a1}:n1:{count}:{values['cnonce']}:auth:{a2}")
        assert values["response"] == expected


@pytest.mark.req("R3261-22.1-2")
@pytest.mark.parametrize(("stale", "asked_again"), [("false", 2), ("true", 3)])
def test_refused_credentials_are_sent_again_only_if_the_nonce_was_stale(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str, stale: str, asked_again: int
) -> None:
    server = start_worker(RLS_BACKEND_CREDENTIALS="back.test=rls:s3cret")
    accepting = resources.default(f"sip:bob@{domain}")
    answers = [
        challenge(401, 'Digest realm="back.test", nonce="n1", qop="auth"'),
        challenge(401, f'Digest realm="back.test", nonce="n2", qop="auth", stale={stale}'),
    ]
    resources.default = lambda uri: answers.pop(0) if answers else accepting
    call = new_phone(at=server).subscribe(stored(server, domain, "bob"))
    told = call.settled().instance(f"sip:bob@{domain}")
    requests = resources.requests.all()
    assert len(requests) == asked_again
    assert (told.state, told.reason) == (("active", None) if stale == "true" else ("terminated", "rejected"))
    assert "n2" in requests[-1]["Authorization"] or stale == "false"


def test_stranger_gets_no_credentials(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_BACKEND_CREDENTIALS="back.test=rls:s3cret")
    resources.default = lambda uri: challenge(401, 'Digest realm="evil.test", nonce="n1", qop="auth"')
    call = new_phone(at=server).subscribe(stored(server, domain, "bob"))
    assert call.settled().instance(f"sip:bob@{domain}").reason == "rejected"
    assert len(resources.requests.all()) == 1

"""Authentication must not be passed by paths, letters, the digest of others or answers heard before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rls.domain import digest
from tests.django.xcap.client import XcapClient, challenges_of, path_of, send
from tests.django.xcap.documents import friends

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put, Subscribe

INDEX = path_of("resource-lists")
SECRET = b"sip:friend-of-bob@example.test"


@pytest.fixture(autouse=True)
def _alice_and_bob(subscribe: Subscribe, put: Put) -> None:
    subscribe("bob@example.test")
    put("resource-lists", friends(SECRET.decode()), owner="bob@example.test")
    put("resource-lists", friends())


@pytest.mark.req("X-A9")
@pytest.mark.req("X-C7")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("users/sip:alice@example.test/../sip:bob@example.test/index", 404),
        ("users/sip:alice@example.test/%2e%2e/sip:bob@example.test/index", 404),
        ("users/sip:alice@example.test/..%2fsip:bob@example.test/index", 404),
        ("users/sip:alice@example.test%2f..%2fsip:bob@example.test/index", 403),
        ("users/sip:alice@example.test/./../../users/sip:bob@example.test/index", 404),
        ("users//sip:bob@example.test/index", 404),
        ("users/sip:bob@example.test//index", 404),
        ("global/../users/sip:bob@example.test/index", 404),
        ("global/%2e%2e/users/sip:bob@example.test/index", 404),
        ("users/sip:bob@example.test/index?sip:alice@example.test", 403),
        ("users/sip:bob@example.test/index/~~/resource-lists", 403),
        ("users/sip:bob@example.test/index%3F/../../sip:alice@example.test/index", 404),
        ("users/sip%253Abob@example.test/index", 403),
        ("users/SIP:bob@EXAMPLE.TEST/index", 403),
        ("users/sip:bob%40example.test/index", 403),
        ("users/bob@example.test/index", 403),
        ("users/sip:alice@example.test:bob@example.test/index", 403),
        ("users/sip:b%c5%8db@example.test/index", 403),
        ("users/sip:%ef%bd%82ob@example.test/index", 403),
        ("users/sip:bob%00@example.test/index", 400),
        ("users/sip:bob@example.test%00/index", 400),
        ("users/sip:bob@exampl%e2%84%aa.test/index", 403),
        ("users/sip:bob%ef%bc%a0example.test/index", 404),
        ("users/sip:bob@example.test./index", 401),
        ("users/sip:bob@example.test%20/index", 401),
        ("users/sip:bob@example.test%ff/index", 400),
    ],
)
def test_no_spelling_of_a_path_leads_into_the_tree_of_another(path: str, status: int) -> None:
    response = XcapClient().get(f"/xcap-root/resource-lists/{path}")
    assert response.status_code == status
    assert SECRET not in response.content


@pytest.mark.parametrize(
    "username",
    [
        "ALICE",
        "alice ",
        " alice",
        "alice\u200b",
        "ａlice",
        "alic\u00e9",
        "alice@example.test",
        "alice\u0000",
        "\udcff",
    ],
)
def test_look_alike_of_a_user_is_nobody(username: str) -> None:
    challenge = challenges_of(send("GET", INDEX))[0]
    answer = digest.answer(
        [challenge], method="GET", uri=INDEX, username=username, password="secret", cnonce="c"
    )
    octets = (answer or "").encode(errors="surrogateescape").decode("latin-1")
    assert send("GET", INDEX, headers={"Authorization": octets}).status_code == 401


def test_user_name_outside_ascii_authenticates_in_utf8(subscribe: Subscribe) -> None:
    subscribe("jörg@example.test")
    target = path_of("resource-lists", "sip:j%C3%B6rg@example.test")
    answer = digest.answer(
        challenges_of(send("GET", target)),
        method="GET",
        uri=target,
        username="jörg",
        password="secret",
        cnonce="c",
    )
    octets = (answer or "").encode().decode("latin-1")
    assert send("GET", target, headers={"Authorization": octets}).status_code == 404


@pytest.mark.req("X-C8")
def test_digest_of_another_user_opens_only_the_own_tree() -> None:
    assert XcapClient("bob").get(INDEX).status_code == 403
    assert XcapClient("bob").put(INDEX, friends()).status_code == 403
    assert XcapClient("bob").delete(INDEX).status_code == 403
    assert SECRET in XcapClient("bob").get(path_of("resource-lists", "bob@example.test")).content


def test_subscriber_of_another_domain_with_the_same_name_is_another_user(subscribe: Subscribe) -> None:
    subscribe("alice@second.test")
    challenge = challenges_of(send("GET", INDEX))[0].replace("example.test", "second.test")
    answer = digest.answer(
        [challenge], method="GET", uri=INDEX, username="alice", password="secret", cnonce="c"
    )
    assert send("GET", INDEX, headers={"Authorization": answer or ""}).status_code == 403


@pytest.mark.req("X-P3")
@pytest.mark.parametrize(
    "signed",
    [
        INDEX.replace("/index", "/other"),
        INDEX.replace("alice", "bob"),
        INDEX + "?xmlns(a=b)",
        INDEX + "/",
        INDEX.replace("/users/", "%2Fusers/"),
        INDEX.replace("/index", "%2Findex"),
        "",
        "*",
    ],
)
def test_answer_for_one_target_is_none_for_another(signed: str) -> None:
    challenge = challenges_of(send("GET", INDEX))[0]
    answer = digest.answer(
        [challenge], method="GET", uri=signed, username="alice", password="secret", cnonce="c"
    )
    assert send("GET", INDEX, headers={"Authorization": answer or ""}).status_code == 400


def test_question_mark_in_a_path_is_no_query() -> None:
    target, signed = f"{INDEX}?a", f"{INDEX}%3Fa"
    challenge = challenges_of(send("GET", target))[0]
    answer = digest.answer(
        [challenge], method="GET", uri=signed, username="alice", password="secret", cnonce="c"
    )
    assert send("GET", target, headers={"Authorization": answer or ""}).status_code == 400


@pytest.mark.req("X-P3")
def test_answer_to_a_read_does_not_serve_to_write() -> None:
    challenge = challenges_of(send("GET", INDEX))[0]
    answer = digest.answer(
        [challenge], method="GET", uri=INDEX, username="alice", password="secret", cnonce="c"
    )
    headers = {"Authorization": answer or ""}
    assert send("DELETE", INDEX, headers=headers).status_code == 401
    assert send("PUT", INDEX, friends(), headers, "application/resource-lists+xml").status_code == 401


@pytest.mark.req("X-P3")
def test_answer_without_a_count_serves_once() -> None:
    challenge = challenges_of(send("GET", INDEX))[1].replace(', qop="auth"', "")
    answer = digest.answer(
        [challenge], method="GET", uri=INDEX, username="alice", password="secret", cnonce="c"
    )
    headers = {"Authorization": answer or ""}
    assert "qop" not in headers["Authorization"]
    assert send("GET", INDEX, headers=headers).status_code == 200
    again = send("GET", INDEX, headers=headers)
    assert (again.status_code, "stale=true" in challenges_of(again)[0]) == (401, True)


def test_nonce_of_another_server_is_refused() -> None:
    foreign = digest.NonceIssuer(b"another secret").issue(4_000_000_000)
    challenge = digest.challenges("example.test", foreign)[0]
    answer = digest.answer(
        [challenge], method="GET", uri=INDEX, username="alice", password="secret", cnonce="c"
    )
    response = send("GET", INDEX, headers={"Authorization": answer or ""})
    assert (response.status_code, "stale" in challenges_of(response)[0]) == (401, False)


@pytest.mark.parametrize("agent", ["python-xcaplib/2.0.1", "Python-urllib/3.11"])
def test_client_that_fails_unless_the_first_challenge_is_md5_gets_that_first(agent: str) -> None:
    asked = challenges_of(send("GET", INDEX, headers={"User-Agent": agent}))
    assert [challenge.algorithm for challenge in map(digest.Challenge.parse, asked) if challenge] == [
        "MD5",
        "SHA-256",
    ]

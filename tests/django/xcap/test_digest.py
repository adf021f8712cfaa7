from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from rls.domain import digest
from tests.django.xcap.client import XcapClient, challenges_of, path_of, send
from tests.django.xcap.documents import friends

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put, Subscribe

INDEX = path_of("resource-lists")
pytestmark = pytest.mark.usefixtures("alice")


def authorization(challenge: str, uri: str = INDEX, **changes: str | int) -> dict[str, str]:
    given = {"method": "GET", "uri": uri, "username": "alice", "password": "secret", "cnonce": "c"}
    return {"Authorization": digest.answer([challenge], **{**given, **changes}) or ""}  # type: ignore[arg-type]


@pytest.mark.req("X-C4")
def test_stranger_is_challenged_by_each_algorithm_in_a_line_of_its_own() -> None:
    response = send("GET", INDEX)
    assert response.status_code == 401
    parsed = [digest.Challenge.parse(value) for value in challenges_of(response)]
    assert [(one.algorithm, one.realm, one.qop) for one in parsed if one] == [
        ("SHA-256", "example.test", ("auth",)),
        ("MD5", "example.test", ("auth",)),
    ]


@pytest.mark.req("X-C4")
@pytest.mark.parametrize("which", [0, 1])
def test_every_algorithm_lets_the_owner_in(put: Put, which: int) -> None:
    put("resource-lists", friends())
    challenge = challenges_of(send("GET", INDEX))[which]
    assert send("GET", INDEX, headers=authorization(challenge)).status_code == 200


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "nobody"}, {"method": "PUT"}])
def test_wrong_credentials_are_challenged_again(changes: dict[str, str]) -> None:
    challenge = challenges_of(send("GET", INDEX))[0]
    response = send("GET", INDEX, headers=authorization(challenge, **changes))
    assert response.status_code == 401
    assert "stale" not in challenges_of(response)[0]


@pytest.mark.req("X-P3")
def test_old_nonce_is_called_stale() -> None:
    from xcap.authentication.digest import nonces

    old = nonces.issue(time.time() - 3600)
    response = send("GET", INDEX, headers=authorization(digest.challenges("example.test", old)[0]))
    assert response.status_code == 401
    assert "stale=true" in challenges_of(response)[0]


@pytest.mark.req("X-P3")
@pytest.mark.req("X-P4")
def test_nonce_serves_many_requests_but_no_count_twice(put: Put) -> None:
    put("resource-lists", friends())
    challenge = challenges_of(send("GET", INDEX))[0]
    first, second = authorization(challenge, nc=1), authorization(challenge, nc=2)
    assert send("GET", INDEX, headers=first).status_code == 200
    assert send("GET", INDEX, headers=second).status_code == 200
    assert send("GET", INDEX, headers=first).status_code == 401


@pytest.mark.req("X-P3")
def test_answer_for_another_target_is_refused() -> None:
    challenge = challenges_of(send("GET", INDEX))[0]
    other = authorization(challenge, uri=path_of("rls-services"))
    assert send("GET", INDEX, headers=other).status_code == 400


@pytest.mark.req("X-P1")
@pytest.mark.req("X-P2")
def test_raw_brackets_and_quotes_of_old_clients_are_understood(put: Put) -> None:
    put("resource-lists", friends())
    target = f'{INDEX}/~~/resource-lists/list[@name="friends"]'
    credentials = authorization(challenges_of(send("GET", target))[1], uri="@uri@")
    realm = digest.parse_credentials(credentials["Authorization"])
    assert realm is not None
    secret = digest.ha1("MD5", "alice", "example.test", "secret")
    right = digest._response(secret, _with_uri(realm, target), "GET")
    header = credentials["Authorization"].replace(realm.response, right).replace("@uri@", target)
    assert send("GET", target, headers={"Authorization": header}).status_code == 200


@pytest.mark.req("X-P3")
def test_differently_escaped_uri_is_the_same_target(put: Put) -> None:
    put("resource-lists", friends())
    challenge = challenges_of(send("GET", INDEX))[0]
    escaped = authorization(challenge, uri=INDEX.replace(":", "%3a").replace("@", "%40"))
    assert send("GET", INDEX, headers=escaped).status_code == 200


@pytest.mark.req("X-C7")
@pytest.mark.req("X-C8")
@pytest.mark.parametrize("user", ["sip:bob@example.test", "sip:nobody@example.test"])
def test_trees_of_others_are_forbidden_whether_they_exist_or_not(subscribe: Subscribe, user: str) -> None:
    subscribe("bob@example.test")
    assert XcapClient().get(path_of("resource-lists", user)).status_code == 403
    assert XcapClient().put(path_of("resource-lists", user), friends()).status_code == 403


@pytest.mark.req("X-A10")
@pytest.mark.parametrize("user", ["sip%3Aalice%40example.test", "alice@example.test", "alice"])
def test_owner_is_known_in_every_spelling(put: Put, settings: Settings, user: str) -> None:
    settings.RLS_DOMAINS = ["example.test"]
    put("resource-lists", friends())
    assert XcapClient().get(path_of("resource-lists", user)).status_code == 200


def test_no_authentication_opens_all_trees_to_loopback_only(settings: Settings) -> None:
    settings.RLS_XCAP_AUTH = ["none"]
    media_type = "application/resource-lists+xml"
    assert send("PUT", INDEX, friends(), content_type=media_type).status_code == 201
    from django.test import Client

    assert Client(REMOTE_ADDR="192.0.2.1").get(INDEX).status_code == 403


@pytest.mark.req("X-C3")
def test_tree_of_an_unknown_user_does_not_exist(settings: Settings) -> None:
    settings.RLS_XCAP_AUTH = ["none"]
    target = path_of("resource-lists", "sip:nobody@example.test")
    response = send("PUT", target, friends(), content_type="application/resource-lists+xml")
    assert response.status_code == 404


def _with_uri(credentials: digest.Credentials, uri: str) -> digest.Credentials:
    from dataclasses import replace

    return replace(credentials, uri=uri)

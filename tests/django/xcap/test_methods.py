"""Basic, access tokens, proxies in front, super users: several ways in at once."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.django.xcap.client import XcapClient, challenges_of, path_of
from tests.django.xcap.documents import friends

if TYPE_CHECKING:
    from rls.models import Subscriber
    from tests.django.xcap.conftest import Put, Subscribe

INDEX = path_of("resource-lists")
ASSERTED = "X-3GPP-Asserted-Identity"


@pytest.fixture(autouse=True)
def _everything_is_on(settings: Settings, put: Put) -> None:
    settings.RLS_XCAP_AUTH = ["digest", "basic", "bearer", "proxy"]
    settings.RLS_XCAP_PROXIES = ["192.0.2.0/24", "2001:db8::1"]
    put("resource-lists", friends())


def ask(
    target: str = INDEX,
    headers: dict[str, str] | None = None,
    *,
    secure: bool = True,
    address: str = "198.51.100.1",
) -> HttpResponse:
    extra: dict[str, Any] = {"RAW_URI": target, "REMOTE_ADDR": address, "headers": headers or {}}
    response: Any = Client().get(target, secure=secure, **extra)
    return response  # type: ignore[no-any-return]


def answering(authorization: str, *, secure: bool = True) -> HttpResponse:
    return ask(headers={"Authorization": authorization}, secure=secure)


def basic(name: str, password: str = "secret") -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.req("X-C6")
def test_basic_and_tokens_are_asked_for_over_tls_only() -> None:
    schemes = [value.partition(" ")[0] for value in challenges_of(ask(secure=True))]
    assert schemes == ["Digest", "Digest", "Bearer", "Basic"]
    assert {value.partition(" ")[0] for value in challenges_of(ask(secure=False))} == {"Digest"}


@pytest.mark.req("X-C5")
@pytest.mark.req("X-C6")
@pytest.mark.req("X-A10")
@pytest.mark.parametrize("name", ["alice", "alice@example.test", "alice@EXAMPLE.test"])
def test_basic_lets_the_owner_in_over_tls_only(name: str) -> None:
    assert answering(basic(name)).status_code == 200
    assert answering(basic(name), secure=False).status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        basic("alice", "wrong"),
        basic("Alice"),
        basic("ＡＬＩＣＥ"),
        basic("nobody"),
        basic("alice@example.test\0"),
        basic(""),
        basic("@"),
        "Basic alice:secret",
        "Basic " + base64.b64encode(b"alice").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic",
        "Negotiate abc",
        "",
    ],
)
def test_other_credentials_are_challenged(value: str) -> None:
    response = answering(value)
    assert response.status_code == 401
    assert len(challenges_of(response)) == 4


def test_user_who_has_only_md5_may_use_basic(alice: Subscriber) -> None:
    alice.ha1_sha256 = ""
    alice.save()
    assert answering(basic("alice")).status_code == 200
    alice.ha1_md5 = ""
    alice.save()
    assert answering(basic("alice")).status_code == 401


def test_token_lets_its_subscriber_in_over_tls_until_it_expires(alice: Subscriber) -> None:
    from rls.models import AccessToken

    token, text = AccessToken.issue(alice, "phone")
    assert text not in vars(token).values()
    assert answering(f"Bearer {text}").status_code == 200
    assert answering(f"bearer {text}", secure=False).status_code == 401
    token.expires = timezone.now() - timedelta(seconds=1)
    token.save()
    refused = answering(f"Bearer {text}")
    assert refused.status_code == 401
    assert 'Bearer realm="example.test", error="invalid_token"' in challenges_of(refused)


def test_token_opens_no_other_tree(subscribe: Subscribe, alice: Subscriber) -> None:
    from rls.models import AccessToken

    bob = subscribe("bob@example.test")
    _, text = AccessToken.issue(bob)
    assert answering(f"Bearer {text}").status_code == 403
    assert answering("Bearer wrong").status_code == 401


def test_token_for_reading_writes_nothing(alice: Subscriber) -> None:
    from rls.models import AccessToken

    _, text = AccessToken.issue(alice, "dashboard", read_only=True)
    before = answering(f"Bearer {text}")
    assert before.status_code == 200
    headers = {"Authorization": f"Bearer {text}"}
    for method in (Client().put, Client().delete):
        extra: dict[str, Any] = {"RAW_URI": INDEX, "REMOTE_ADDR": "198.51.100.1", "headers": headers}
        assert method(INDEX, secure=True, **extra).status_code == 403
    assert answering(f"Bearer {text}").content == before.content


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7"])
@pytest.mark.parametrize("value", ['"sip:alice@example.test"', "<sip:alice@example.test>", "alice"])
def test_proxy_in_front_says_who_it_is(address: str, value: str) -> None:
    assert ask(address=address, headers={ASSERTED: value}).status_code == 200


@pytest.mark.parametrize("address", ["198.51.100.1", "127.0.0.1", "::1", "", "unix:"])
def test_nobody_else_is_believed(address: str) -> None:
    assert ask(address=address, headers={ASSERTED: "sip:alice@example.test"}).status_code == 401


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("sip:bob@example.test", 403),
        ("sip:alice@example.test, sip:bob@example.test", 400),
        ("sip:", 400),
        ("", 401),
        ("sip:ALICE@example.test", 403),
        ("sip:alice@example.test@evil.test", 403),
    ],
)
def test_proxy_can_name_one_user_only(value: str, status: int) -> None:
    assert ask(address="192.0.2.7", headers={ASSERTED: value}).status_code == status


def test_own_credentials_come_before_what_the_proxy_says(subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    both = {ASSERTED: "sip:alice@example.test", "Authorization": basic("bob")}
    assert ask(address="192.0.2.7", headers=both).status_code == 403


def test_where_only_the_proxy_could_help_nothing_is_asked_for(settings: Settings) -> None:
    settings.RLS_XCAP_AUTH = ["proxy"]
    response = ask()
    assert (response.status_code, challenges_of(response)) == (403, [])


@pytest.mark.parametrize("word", ["digest", "basic", "bearer"])
def test_method_that_is_off_lets_nobody_in(settings: Settings, alice: Subscriber, word: str) -> None:
    from rls.models import AccessToken

    settings.RLS_XCAP_AUTH = [word]
    settings.RLS_XCAP_SUPER_USERS = []
    _, text = AccessToken.issue(alice)
    given = {
        "basic": answering(basic("alice")).status_code,
        "bearer": answering(f"Bearer {text}").status_code,
        "digest": XcapClient().get(INDEX).status_code,
    }
    assert [name for name, status in given.items() if status == 200] == [word]


@pytest.mark.req("X-C7")
def test_super_user_writes_all_trees_and_stays_out_when_no_longer_one(
    subscribe: Subscribe, settings: Settings
) -> None:
    subscribe("boss@example.test")
    boss = XcapClient("boss")
    assert boss.put(INDEX, friends("sip:bob@example.test")).status_code == 403
    settings.RLS_XCAP_SUPER_USERS = ["sip:boss@example.test"]
    assert boss.put(INDEX, friends("sip:bob@example.test")).status_code == 200
    assert boss.get(path_of("resource-lists", "sip:nobody@example.test")).status_code == 404
    assert XcapClient().put(path_of("resource-lists", "sip:boss@example.test"), friends()).status_code == 403


@pytest.mark.req("X-A6")
@pytest.mark.parametrize("by_setting", [True, False])
def test_host_says_the_domain_of_what_belongs_to_nobody(
    subscribe: Subscribe, settings: Settings, by_setting: bool
) -> None:
    subscribe("carl@second.test")
    settings.ALLOWED_HOSTS = ["*"]
    settings.RLS_DOMAINS = ["example.test", "second.test"] if by_setting else []
    caps = "/xcap-root/xcap-caps/global/index"
    for host, domain in {"xcap.second.test:8000": "second.test", "10.0.0.1": "example.test"}.items():
        assert f'realm="{domain}"' in challenges_of(ask(caps, {"Host": host}))[0]


@pytest.mark.req("X-A10")
def test_bare_user_name_is_of_the_domain_that_the_host_names(
    subscribe: Subscribe, settings: Settings
) -> None:
    subscribe("alice@second.test")
    settings.ALLOWED_HOSTS, settings.RLS_DOMAINS = ["*"], ["example.test", "second.test"]
    bare = path_of("resource-lists", "alice")
    assert ask(bare, {"Host": "xcap.example.test", "Authorization": basic("alice")}).status_code == 200
    assert ask(bare, {"Host": "xcap.second.test", "Authorization": basic("alice")}).status_code == 404

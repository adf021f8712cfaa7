"""`manage.py check --tag rls` rejects senseless settings and says what to do."""

from __future__ import annotations

import pytest
from django.core.checks import CheckMessage, run_checks
from pytest_django import Settings

LOCAL = "udp:127.0.0.1:5060"
OUTSIDE = "udp:192.0.2.10:5060"


def found(settings: Settings, **values: object) -> list[CheckMessage]:
    for name, value in values.items():
        setattr(settings, name, value)
    return run_checks(tags=["rls"])


def test_defaults_are_sensible(settings: Settings) -> None:
    assert found(settings) == []


@pytest.mark.req("R3261-18.2.1-1")
@pytest.mark.parametrize(
    ("listeners", "alone"),
    [
        ([LOCAL, "tcp:127.0.0.1:5060"], []),
        ([LOCAL, "tcp:127.0.0.1:5070"], [LOCAL]),
        (["tcp:127.0.0.1:5060", "udp:[::1]:5060", LOCAL], ["udp:[::1]:5060"]),
        (["ws:127.0.0.1:5061"], []),
    ],
)
def test_who_deploys_is_told_of_addresses_without_tcp(
    settings: Settings, listeners: list[str], alone: list[str]
) -> None:
    settings.RLS_SIP_LISTEN = listeners
    told = run_checks(tags=["rls"], include_deployment_checks=True)
    assert [(each.id, each.msg.split()[1]) for each in told] == [("rls.W001", each) for each in alone]


@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        (1, "RLS_WAITN_TIME", -1.0),
        (1, "RLS_WAITN_TIME", 0.0),
        (1, "RLS_WAITN_TIME", float("nan")),
        (1, "RLS_LIST_LIMIT", 0),
        (1, "RLS_CLEAN_PERIOD", 0.0),
        (1, "RLS_MIN_EXPIRES", -1),
        (1, "RLS_SLICES", 0),
        (2, "RLS_MAX_EXPIRES", 10),
        (3, "RLS_TO_PRESENCE_CODE", 200),
        (3, "RLS_TO_PRESENCE_CODE", 700),
        (10, "RLS_SIP_AUTH", "basic"),
        (10, "RLS_XCAP_AUTH", ["digest", "ntlm"]),
        (10, "LOG_FORMAT", "xml"),
        (10, "LOG_LEVEL", "loud"),
        (11, "RLS_PRESENCE_SERVER", ["sip:ok.test", "not a uri"]),
        (11, "RLS_SERVER_ADDRESS", "tel:+491234"),
        (13, "BROKER_URL", "filesystem://"),
        (9, "RLS_BACKEND_CREDENTIALS", ["rls:secret"]),
        (9, "RLS_BACKEND_CREDENTIALS", ["example.com=rls"]),
        (10, "RLS_NESTED_LISTS", "often"),
        (11, "RLS_IDENTITY", "us"),
        (27, "RLS_XCAP_ROOT", ["xcap.example.com/xcap-root"]),
        (18, "RLS_XCAP_FAILURE_CODE", 404),
        (19, "RLS_XCAP_CA_FILE", "/nowhere/ca.pem"),
        (14, "RLS_INTEGRATED_XCAP_SERVER", False),
        (15, "RLS_EVENTS", []),
        (20, "RLS_SIP_LISTEN", ["sctp:127.0.0.1:5060"]),
        (20, "RLS_SIP_LISTEN", ["udp:127.0.0.1:65536"]),
        (20, "RLS_SIP_LISTEN", ["udp:example.com:5060"]),
        (20, "RLS_SIP_LISTEN", ["udp:::1:5060"]),
        (22, "RLS_TRUSTED_PROXIES", ["proxy.example.com"]),
        (22, "RLS_XCAP_PROXIES", ["proxy.example.com"]),
        (23, "RLS_HTTP_LISTEN", "8000"),
        (10, "RLS_XCAP_DIGEST", ["MD5", "SHA"]),
        (40, "RLS_XCAP_AUTH", []),
        (41, "RLS_XCAP_AUTH", ["digest", "none"]),
        (42, "RLS_XCAP_AUTH", ["proxy"]),
        (43, "RLS_XCAP_DIGEST", []),
        (44, "RLS_XCAP_SUPER_USERS", ["boss"]),
        (45, "RLS_OPENSIPS_MI", "192.0.2.1:8888/mi"),
        (45, "RLS_OPENSIPS_MI", "http://192.0.2.1:mi/"),
    ],
)
def test_senseless_value_is_rejected(settings: Settings, number: int, name: str, value: object) -> None:
    (message,) = found(settings, **{name: value})
    assert message.id == f"rls.E{number:03}"
    assert name in message.msg or name in str(message.hint)


def test_presence_code_may_be_a_refusal(settings: Settings) -> None:
    assert found(settings, RLS_TO_PRESENCE_CODE=404) == []


def test_database_other_than_postgresql_is_rejected(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert "rls.E012" in {message.id for message in found(settings)}


def test_listener_for_strangers_needs_an_authentication_policy(settings: Settings) -> None:
    (message,) = found(settings, RLS_SIP_LISTEN=[LOCAL, OUTSIDE])
    assert message.id == "rls.E021"
    assert OUTSIDE in message.msg
    assert "RLS_SIP_AUTH=digest" in str(message.hint)
    assert "RLS_TRUSTED_PROXIES=" in str(message.hint)


@pytest.mark.parametrize(
    ("name", "value"), [("RLS_SIP_AUTH", "digest"), ("RLS_TRUSTED_PROXIES", ["192.0.2.7", "2001:db8::/64"])]
)
def test_either_policy_opens_the_listener(settings: Settings, name: str, value: object) -> None:
    assert found(settings, RLS_SIP_LISTEN=[OUTSIDE], **{name: value}) == []


def test_any_address_is_not_loopback(settings: Settings) -> None:
    messages = found(settings, RLS_SIP_LISTEN=["udp:0.0.0.0:5060", "tcp:[::]:5060"])
    assert [message.id for message in messages] == ["rls.E021", "rls.E021"]


def test_xcap_without_authentication_stays_on_loopback(settings: Settings) -> None:
    assert found(settings, RLS_XCAP_AUTH=["none"], RLS_HTTP_LISTEN="[::1]:8000") == []
    (message,) = found(settings, RLS_XCAP_AUTH=["none"], RLS_HTTP_LISTEN="0.0.0.0:8000")
    assert message.id == "rls.E024"


@pytest.mark.parametrize(
    ("root", "is_heard"),
    [
        ("http://xcap.example.com/xcap-root/", True),
        ("https://xcap.example.com/xcap-root/", False),
        ("http://127.0.0.1:8000/xcap-root/", False),
        ("http://rls:secret@xcap.example.com/xcap-root/", False),
    ],
)
def test_token_is_not_sent_in_clear_text(settings: Settings, root: str, is_heard: bool) -> None:
    problems = found(settings, RLS_XCAP_TOKEN="t", RLS_XCAP_ROOT=[root])
    assert [problem.id for problem in problems] == (["rls.E017"] if is_heard else [])


def test_password_of_a_root_is_not_shown(settings: Settings) -> None:
    (problem,) = found(settings, RLS_XCAP_ROOT=["rls:secret@xcap.example.com"])
    assert "secret" not in problem.msg

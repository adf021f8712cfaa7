"""Words that have to be known, URIs that have to be URIs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, register

from rls.domain.notify_rates import waitn_times
from rls.domain.uri import InvalidUri, SipUri
from rlsproject.checks.problem import TAG, problem
from rlsproject.checks.subject import settings
from sipworker.transport.certificates import CLIENTS

CHOICES = {
    "RLS_SIP_AUTH": ("none", "digest"),
    "RLS_XCAP_AUTH": ("digest", "basic", "bearer", "proxy", "none"),
    "RLS_XCAP_DIGEST": ("SHA-256", "MD5"),
    "RLS_LARGE_NOTIFY": ("same-flow", "tcp", "tcp-then-udp"),
    "RLS_TLS_CLIENTS": tuple(CLIENTS),
    "RLS_XCAP_LOOKUP": ("user", "global"),
    "RLS_LIST_ACCESS": ("owner", "domain", "anyone"),
    "RLS_LIST_DENIAL": ("refuse", "polite"),
    "RLS_NESTED_LISTS": ("nest", "flatten", "ask"),
    "RLS_UNRESOLVED": ("refuse", "omit"),
    "RLS_ENTRY_REFS": ("own", "domain", "anyone"),
    "RLS_BACKEND_IDENTITY": ("from", "asserted", "own"),
    "LOG_FORMAT": ("text", "json"),
    "LOG_LEVEL": ("debug", "info", "warning", "error"),
}
BROKERS = ("redis", "rediss", "redis+socket", "amqp", "amqps")


@register(TAG)
def words_are_known(**kwargs: Any) -> list[CheckMessage]:
    return [
        problem(10, f"{name}={word!r} is unknown.", f"It may be {' or '.join(words)}.")
        for name, words in CHOICES.items()
        for word in _words(getattr(settings, name))
        if word not in words
    ]


def _words(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


@register(TAG)
def addresses_are_sip_uris(**kwargs: Any) -> list[CheckMessage]:
    names = ("RLS_PRESENCE_SERVER", "RLS_SERVER_ADDRESS", "RLS_XCAP_DIFF_SERVER", "RLS_IDENTITY")
    return [
        problem(11, f"{name}={text!r} is not a SIP URI.", "Write it as sip:host:port.")
        for name in names
        for text in _words(getattr(settings, name))
        if text and not _is_sip_uri(text)
    ]


def _is_sip_uri(text: str) -> bool:
    try:
        return SipUri.parse(text).scheme in ("sip", "sips")
    except InvalidUri:
        return False


@register(TAG)
def credentials_name_their_realm(**kwargs: Any) -> list[CheckMessage]:
    hint = "Write realm=user:password, with commas between several."
    return [
        problem(9, f"RLS_BACKEND_CREDENTIALS, number {number}, is not understood.", hint)
        for number, text in enumerate(settings.RLS_BACKEND_CREDENTIALS, 1)
        if not (text.partition("=")[0] and text.partition("=")[2].partition(":")[0] and ":" in text)
    ]


@register(TAG)
def servers_are_supported(**kwargs: Any) -> list[CheckMessage]:
    engine = settings.DATABASES["default"]["ENGINE"]
    broker = urlsplit(settings.BROKER_URL).scheme
    problems: list[CheckMessage] = []
    if engine != "rlsproject.postgresql":
        problems.append(problem(12, "DATABASE_URL has to lead to PostgreSQL.", "postgresql://user@host/name"))
    if broker not in BROKERS:
        problems.append(problem(13, f"BROKER_URL: {broker!r} is no broker we know.", "redis://host/0"))
    return problems


@register(TAG)
def waitn_times_are_seconds(**kwargs: Any) -> list[CheckMessage]:
    try:
        waitn_times(settings.RLS_WAITN_TIMES)
    except ValueError:
        text = ",".join(settings.RLS_WAITN_TIMES)
        hint = "Write it as presence:5,sip:helpdesk@example.org:0.2 (seconds below 3600)."
        return [problem(16, f"RLS_WAITN_TIMES={text!r} cannot be read.", hint)]
    return []


@register(TAG)
def some_event_package_is_served(**kwargs: Any) -> list[CheckMessage]:
    if settings.RLS_EVENTS:
        return []
    return [problem(15, "RLS_EVENTS names no event package.", "The default is presence,dialog.")]

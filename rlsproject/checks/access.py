"""Where we listen, and whether strangers could come in there."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.core.checks import CheckMessage, register

from rls.domain.listener import InvalidListener, Listener, parse_address
from rlsproject.checks.problem import TAG, doubt, problem
from rlsproject.checks.subject import settings


@register(TAG)
def sip_listeners(**kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    for text in settings.RLS_SIP_LISTEN:
        try:
            problems += _open_to_strangers(Listener.parse(text))
        except InvalidListener as error:
            hint = "Write transport:address:port, such as udp:127.0.0.1:5060."
            problems.append(problem(20, f"RLS_SIP_LISTEN: {error}.", hint))
    return problems


@register(TAG, deploy=True)
def datagrams_alone(**kwargs: Any) -> list[CheckMessage]:
    """Who listens by UDP listens there by TCP, too (RFC 3261 section 18.2.1)."""
    return [
        doubt(
            1,
            f"RLS_SIP_LISTEN: {text} has no TCP beside it: what is too long for a datagram cannot come in.",
            f"Add tcp{text.removeprefix('udp')} (RFC 3261 section 18.2.1).",
        )
        for text in settings.RLS_SIP_LISTEN
        if text.startswith("udp:") and f"tcp{text.removeprefix('udp')}" not in settings.RLS_SIP_LISTEN
    ]


def _open_to_strangers(listener: Listener) -> list[CheckMessage]:
    if listener.loopback or settings.RLS_SIP_AUTH == "digest" or settings.RLS_TRUSTED_PROXIES:
        return []
    return [
        problem(
            21,
            f"RLS_SIP_LISTEN: {listener} can be reached from outside: anybody could subscribe as anybody.",
            "Set RLS_SIP_AUTH=digest (subscribers prove who they are with their password), or "
            "RLS_TRUSTED_PROXIES=<addresses of the proxies in front>, whose word is taken.",
        )
    ]


@register(TAG)
def trusted_proxies(**kwargs: Any) -> list[CheckMessage]:
    hint = "Write addresses or networks, such as 192.0.2.7,2001:db8::/64."
    return [
        problem(22, f"{name}: {text!r} is not an address or network.", hint)
        for name in ("RLS_TRUSTED_PROXIES", "RLS_XCAP_PROXIES", "RLS_METRICS_FROM")
        for text in getattr(settings, name)
        if not _is_network(text)
    ]


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


@register(TAG)
def other_addresses(**kwargs: Any) -> list[CheckMessage]:
    names = {"RLS_WORKER_HTTP": "127.0.0.1:9462", "RLS_HOMER": "192.0.2.60:9060"}
    problems: list[CheckMessage] = []
    for name, example in names.items():
        try:
            parse_address(getattr(settings, name) or example)
        except InvalidListener as error:
            problems.append(problem(25, f"{name}: {error}.", f"Write address:port, such as {example}."))
    return problems


@register(TAG)
def http_listener(**kwargs: Any) -> list[CheckMessage]:
    try:
        host, _ = parse_address(settings.RLS_HTTP_LISTEN)
    except InvalidListener as error:
        return [problem(23, f"RLS_HTTP_LISTEN: {error}.", "Write address:port, such as 127.0.0.1:8000.")]
    if "none" not in settings.RLS_XCAP_AUTH or ipaddress.ip_address(host).is_loopback:
        return []
    return [
        problem(
            24,
            f"RLS_XCAP_AUTH=none, and {settings.RLS_HTTP_LISTEN} can be reached from outside: "
            "anybody could change anybody's lists.",
            "Set RLS_XCAP_AUTH=digest, or listen on a loopback address.",
        )
    ]

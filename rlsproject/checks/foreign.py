"""Foreign XCAP servers: roots that are roots, secrets that nobody overhears."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, register

from rlsproject.checks.problem import TAG, problem
from rlsproject.checks.subject import settings
from xcap.foreign.roots import ForeignRoot, InvalidRoot

FAILURE_CODES = (500, 502, 503)


@register(TAG)
def roots_are_roots(**kwargs: Any) -> list[CheckMessage]:
    if not settings.RLS_XCAP_ROOT and not settings.RLS_INTEGRATED_XCAP_SERVER:
        hint = "Set RLS_XCAP_ROOT, or RLS_INTEGRATED_XCAP_SERVER=1 for lists in our own database."
        return [problem(14, "RLS_INTEGRATED_XCAP_SERVER=0, but no RLS_XCAP_ROOT has the lists.", hint)]
    problems: list[CheckMessage] = []
    for number, text in enumerate(settings.RLS_XCAP_ROOT, 1):
        try:
            problems += _overheard(ForeignRoot.parse(text))
        except InvalidRoot as error:
            hint = "Write it as https://user:password@host/xcap-root/."
            problems.append(problem(27, f"RLS_XCAP_ROOT, number {number}: {error}.", hint))
    return problems


def _overheard(root: ForeignRoot) -> list[CheckMessage]:
    parts = urlsplit(root.url)
    if root.user or not settings.RLS_XCAP_TOKEN or parts.scheme == "https" or _is_loopback(parts.hostname):
        return []
    hint = "Use https, or name a user and password for Digest in the URL."
    return [problem(17, f"RLS_XCAP_TOKEN would go to {root.host} in clear text.", hint)]


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


@register(TAG)
def failures_have_a_code(**kwargs: Any) -> list[CheckMessage]:
    if settings.RLS_XCAP_FAILURE_CODE in FAILURE_CODES:
        return []
    code = settings.RLS_XCAP_FAILURE_CODE
    return [problem(18, f"RLS_XCAP_FAILURE_CODE is {code}.", "It may be 500, 502 or 503.")]


@register(TAG)
def certificates_are_readable(**kwargs: Any) -> list[CheckMessage]:
    name = settings.RLS_XCAP_CA_FILE
    if not name or Path(name).is_file():
        return []
    return [problem(19, f"RLS_XCAP_CA_FILE: there is no file {name}.", "Name a file of certificates (PEM).")]

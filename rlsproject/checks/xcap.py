"""Ways to authenticate over XCAP that could not work."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, register

from rlsproject.checks.problem import TAG, problem
from rlsproject.checks.subject import settings
from xcap.selectors import InvalidSelector, Xui


@register(TAG)
def somebody_can_authenticate(**kwargs: Any) -> list[CheckMessage]:
    words = settings.RLS_XCAP_AUTH
    problems: list[CheckMessage] = []
    if not words:
        problems.append(
            problem(40, "RLS_XCAP_AUTH is empty: nobody could use XCAP.", "The default is digest.")
        )
    if "none" in words and len(words) > 1:
        hint = "Leave out none, which lets everybody in, or the others."
        problems.append(problem(41, f"RLS_XCAP_AUTH={','.join(words)} makes no sense.", hint))
    if "proxy" in words and not settings.RLS_XCAP_PROXIES:
        hint = "Set RLS_XCAP_PROXIES=<addresses of the proxies>, or leave out proxy."
        problems.append(problem(42, "RLS_XCAP_AUTH has proxy, but no proxy is believed.", hint))
    if "digest" in words and not settings.RLS_XCAP_DIGEST:
        problems.append(problem(43, "RLS_XCAP_DIGEST names no algorithm.", "The default is SHA-256,MD5."))
    return problems


@register(TAG)
def super_users_are_users(**kwargs: Any) -> list[CheckMessage]:
    return [
        problem(44, f"RLS_XCAP_SUPER_USERS: {text!r} is no user.", "Write user@domain.")
        for text in settings.RLS_XCAP_SUPER_USERS
        if not _is_user(text)
    ]


@register(TAG)
def opensips_can_be_told(**kwargs: Any) -> list[CheckMessage]:
    url = settings.RLS_OPENSIPS_MI
    if not url or _can_be_asked(url):
        return []
    hint = "Write it as http://host:port/mi, where OpenSIPS has its module mi_http."
    return [problem(45, f"RLS_OPENSIPS_MI={url!r} is no URL that can be asked.", hint)]


def _can_be_asked(url: str) -> bool:
    where = urlsplit(url)
    try:
        return where.scheme in ("http", "https") and bool(where.hostname) and where.port != 0
    except ValueError:  # the port
        return False


def _is_user(text: str) -> bool:
    try:
        Xui.parse(text, "")
    except InvalidSelector:
        return False
    return True

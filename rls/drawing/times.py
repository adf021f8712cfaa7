"""Moments as people tell them: relative, the exact time on hover."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.utils.html import format_html
from django.utils.timezone import localtime

from rls.models.worker import STALE

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def span(seconds: float) -> str:
    """The length of a time in its greatest unit, `3 min`."""
    whole = int(abs(seconds))
    size, unit = next((size, unit) for size, unit in _UNITS if whole >= size or size == 1)
    return f"{whole // size} {unit}"


def relative(moment: float, now: float) -> str:
    """`moment` seen from `now`, both Unix seconds: `3 min ago`, `in 2 h`."""
    if abs(moment - now) < 1:
        return "now"
    return f"in {span(moment - now)}" if moment > now else f"{span(now - moment)} ago"


def moment(unix: float) -> str:
    """HTML of a moment in Unix seconds; 0 means that there is none."""
    if not unix:
        return ""
    exact = localtime(datetime.fromtimestamp(unix, UTC))
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        exact.isoformat(),
        f"{exact:%Y-%m-%d %H:%M:%S %Z}",
        relative(unix, time.time()),
    )


def deadline(unix: float) -> str:
    """Like `moment`, and conspicuous once it has passed."""
    passed = unix and unix < time.time()
    return format_html('<span class="rls-bad">{}</span>', moment(unix)) if passed else moment(unix)


def due(unix: float) -> str:
    """Like `moment`; what has come already is now."""
    return moment(max(unix, time.time())) if unix else ""


def at(instant: datetime) -> str:
    """`moment` of a datetime."""
    return moment(instant.timestamp())


def sign_of_life(instant: datetime) -> str:
    """How long ago, conspicuous if it is too long."""
    tone = "bad" if time.time() - instant.timestamp() > STALE else "fine"
    return format_html('<span class="rls-{}">{}</span>', tone, at(instant))

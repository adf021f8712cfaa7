"""Numbers that have to lie in a range."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from rlsproject.checks.problem import TAG, problem
from rlsproject.checks.subject import settings
from rlsproject.environment import SETTINGS

AT_LEAST_ONE = (
    "RLS_MAX_EXPIRES",
    "RLS_LIST_LIMIT",
    "RLS_SLICES",
    "RLS_COMMIT_WAITING",
    "RLS_BACKEND_IN_FLIGHT",
    "RLS_WORKER",
    "RLS_LOST_NOTIFIES",
    "RLS_XCAP_MAX_DOCUMENT",
)
ABOVE_ZERO = (
    "RLS_WAITN_TIME",
    "RLS_T1",
    "RLS_CLEAN_PERIOD",
    "RLS_SETTLE_TIME",
    "RLS_XCAP_TIMEOUT",
    "RLS_XCAP_POLL",
)
NOT_NEGATIVE = (
    "RLS_MIN_EXPIRES",
    "RLS_MAX_SUBSCRIPTIONS",
    "RLS_MAX_USER_SUBSCRIPTIONS",
    "RLS_GRACE_TIME",
    "RLS_SOURCE_RATE",
    "RLS_SOURCE_CONNECTIONS",
    "RLS_COMMIT_GAP_MS",
    "RLS_XCAP_VERSIONS",
    "RLS_WEBSOCKET_PING",
    "RLS_DEFLATE_FROM",
    "RLS_BODIES_PER_NOTIFY",
    "RLS_PRESENCE_CHECK",
    "RLS_XCAP_ABSENT",
)
UNITS = {setting.name: setting.unit for setting in SETTINGS}


@register(TAG)
def numbers_in_range(**kwargs: Any) -> list[CheckMessage]:
    return [
        *(_out_of_range(name, "at least 1") for name in AT_LEAST_ONE if getattr(settings, name) < 1),
        *(_out_of_range(name, "more than 0") for name in ABOVE_ZERO if not getattr(settings, name) > 0),
        *(_out_of_range(name, "0 or more") for name in NOT_NEGATIVE if getattr(settings, name) < 0),
    ]


def _out_of_range(name: str, wanted: str) -> CheckMessage:
    return problem(1, f"{name} is {getattr(settings, name)}; it has to be {wanted}.", f"Unit: {UNITS[name]}.")


@register(TAG)
def expires_fit_together(**kwargs: Any) -> list[CheckMessage]:
    if settings.RLS_MIN_EXPIRES <= settings.RLS_MAX_EXPIRES:
        return []
    return [
        problem(
            2,
            f"RLS_MIN_EXPIRES ({settings.RLS_MIN_EXPIRES} s) is longer than "
            f"RLS_MAX_EXPIRES ({settings.RLS_MAX_EXPIRES} s): no subscription could satisfy both.",
            "Lower the first or raise the second.",
        )
    ]


@register(TAG)
def presence_code_is_a_final_failure(**kwargs: Any) -> list[CheckMessage]:
    code = settings.RLS_TO_PRESENCE_CODE
    if code == 0 or 300 <= code <= 699:
        return []
    return [
        problem(
            3,
            f"RLS_TO_PRESENCE_CODE is {code}, which is not a SIP code that refuses a request.",
            "Set a code from 300 to 699 (such as 404), or 0 to forward to RLS_PRESENCE_SERVER.",
        )
    ]

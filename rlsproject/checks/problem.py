from __future__ import annotations

from django.core.checks import Error

TAG = "rls"


def problem(number: int, message: str, hint: str) -> Error:
    """An error of ours; `number` stays the same for ever, so that it can be silenced or looked up."""
    return Error(message, hint=hint, id=f"rls.E{number:03}")

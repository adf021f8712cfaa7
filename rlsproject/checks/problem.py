from __future__ import annotations

from django.core.checks import Error
from django.core.checks import Warning as Doubt

TAG = "rls"


def problem(number: int, message: str, hint: str) -> Error:
    """An error of ours; `number` stays the same for ever, so that it can be silenced or looked up."""
    return Error(message, hint=hint, id=f"rls.E{number:03}")


def doubt(number: int, message: str, hint: str) -> Doubt:
    """What works, and is no good for all whom the server meets."""
    return Doubt(message, hint=hint, id=f"rls.W{number:03}")

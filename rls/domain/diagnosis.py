"""Why a resource shows what it shows: what its back end said last (RFC 6665), in a sentence for operators."""

from __future__ import annotations

_ANSWERS = {
    401: "it wants a password; it has to trust the list server's address",
    403: "it does not let this watcher see the resource",
    404: "it does not know the resource",
    407: "it wants a password; it has to trust the list server's address",
    408: "no answer came in time",
    420: "it does not understand something that the list server requires",
    423: "it wants longer subscriptions",
    480: "the resource is not there at the moment",
    488: "it cannot use what was asked for, for instance a filter of the watcher",
    489: "it does not serve this event package",
    503: "it cannot be reached, or has too much to do",
    603: "the resource does not want to be seen by this watcher",
}
_REASONS = {
    "badfilter": "it cannot use a filter of the watcher",
    "deactivated": "it is to be asked again at once",
    "giveup": "nobody has allowed this watcher in time",
    "invariant": "the state will not change any more",
    "noresource": "it knows the resource no longer",
    "probation": "it is to be asked again later",
    "rejected": "the resource does not want to be seen by this watcher",
    "timeout": "it was not refreshed in time",
}
"""RFC 6665 section 4.1.3."""
_UNKNOWN = "asked, and nothing came back yet"
_PENDING = "the back end waits until somebody allows this watcher to see the resource"
_SILENT = "the back end has taken the subscription and told no state yet"
_FINE = "as the back end said last"


def diagnose(state: str, reason: str, code: int, *, told: bool) -> str:
    """`state` (empty: unknown) and `reason` of the back-end subscription; `code` of the final answer to its
    last SUBSCRIBE, 0: none; whether it has `told` a state."""
    if code >= 300:
        return f"the back end answered {code}: " + _ANSWERS.get(code, "it refuses, or something failed")
    if state == "terminated":
        why = _REASONS.get(reason, "it did not say why")
        return "the back end ended the subscription" + (f" ({reason}): " if reason else ": ") + why
    if state == "pending":
        return _PENDING
    if state == "active":
        return _FINE if told else _SILENT
    return _UNKNOWN

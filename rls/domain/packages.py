"""What a list server has to know of an event package."""

from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class EventPackage:
    """`default_expires` in seconds; `accept` holds the media types every subscriber must take.

    `full_state`: each body is complete, so that the last one wins.
    `forks`: one SUBSCRIBE may make several subscriptions, hence several instances.
    `pause`: seconds between two NOTIFYs of a list at least, 0 where the batching alone decides.
    """

    name: str
    default_expires: int
    accept: tuple[str, ...]
    full_state: bool
    forks: bool
    pause: float = 0


_KNOWN = {
    known.name: known
    for known in (
        EventPackage("presence", 3600, ("application/pidf+xml",), full_state=True, forks=False),  # RFC 3856
        EventPackage("dialog", 3600, ("application/dialog-info+xml",), False, forks=True, pause=1),  # 4235
        EventPackage(  # RFC 3842
            "message-summary", 3600, ("application/simple-message-summary",), True, forks=True, pause=1
        ),
        EventPackage("reg", 3761, ("application/reginfo+xml",), False, forks=False, pause=5),  # RFC 3680
        EventPackage(  # RFC 4575
            "conference", 3600, ("application/conference-info+xml",), False, forks=False, pause=5
        ),
        EventPackage("xcap-diff", 3600, ("application/xcap-diff+xml",), False, forks=False, pause=5),  # 5875
    )
}
_WINFO = EventPackage("winfo", 3600, ("application/watcherinfo+xml",), False, forks=True, pause=5)  # 3857
# Of an unknown package no body may be dropped, and it has no default type; without a word
# on forking there is one dialog (RFC 6665 section 5.4.9).
_UNKNOWN = EventPackage("", 3600, (), full_state=False, forks=False)


@lru_cache(1024)
def package(name: str) -> EventPackage:
    """The package of an Event header's event type, `foo.winfo` for any `foo` included."""
    if known := _KNOWN.get(name):
        return known
    return replace(_WINFO if name.endswith(".winfo") else _UNKNOWN, name=name)

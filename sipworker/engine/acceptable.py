"""What a SUBSCRIBE says that its sender understands: rows D24 to D28."""

from __future__ import annotations

from rls.domain.packages import package
from rls.domain.profile import Profile
from sipworker.engine.policy import Rejection
from sipworker.sip.headers import accepts
from sipworker.sip.message import Request

LIST_TYPES = ("multipart/related", "application/rlmi+xml")


def hops_of(request: Request) -> int:
    """Max-Forwards; 70 if it is absent, as RFC 2543 did not have it."""
    return int(request.header("max-forwards") or 70)


def wants_lists(request: Request) -> bool:
    """Does the watcher understand lists? `Require: eventlist` is tolerated (RFC 4662 section 4.1)."""
    tags = (*request.values("supported"), *request.values("require"))
    return any(tag.lower() == "eventlist" for tag in tags)


def unacceptable(request: Request, event: str, profile: Profile) -> Rejection | None:
    """Rows D26 to D28. No Accept at all is taken for the default (E-A15)."""
    courtesy = ("Accept", ", ".join((*LIST_TYPES, *package(event).accept)))
    if "accept" in request.headers and not profile.any_accept:
        values = request.values("accept")
        if not all(accepts(values, media_type) for media_type in LIST_TYPES):
            return Rejection(406, headers=(courtesy,))
    return None

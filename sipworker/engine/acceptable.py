"""What a SUBSCRIBE says that its sender understands, and what it may not bring: rows D24 to D33."""

from __future__ import annotations

from rls.domain.filters import MEDIA_TYPE
from rls.domain.packages import package
from rls.domain.profile import Profile
from sipworker.engine.filtering import brings_filters
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
    """No body has a place here but filters (rows D29, D30, D33)."""
    if refusal := not_acceptable(request, event, profile):
        return refusal
    if (
        request.body
        and not brings_filters(request)
        and "handling=optional" not in (request.header("content-disposition") or "").lower()
    ):
        return Rejection(415, headers=(("Accept", MEDIA_TYPE), ("Accept-Encoding", "identity")))
    return None


def not_acceptable(request: Request, event: str, profile: Profile) -> Rejection | None:
    """Rows D26 to D28. No Accept at all is taken for the default (E-A15)."""
    courtesy = ("Accept", ", ".join((*LIST_TYPES, *package(event).accept)))
    if "accept" in request.headers and not profile.any_accept:
        values = request.values("accept")
        if not all(accepts(values, media_type) for media_type in LIST_TYPES):
            return Rejection(406, headers=(courtesy,))
    return None

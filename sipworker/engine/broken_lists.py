"""Lists that cannot be made out: who may not have them learns nothing of that (rows D23 to D44)."""

from __future__ import annotations

from rls.domain.lists import ListTooLong
from sipworker.engine.directory import Found
from sipworker.engine.policy import Rejection, with_warning
from xcap.foreign.client import Unreachable
from xcap.resolution import BrokenList, ResolvedService


def described(service: Found | Unreachable) -> ResolvedService | None:
    """What its service says, whatever is wrong with the list."""
    if isinstance(service, BrokenList):
        return service.service
    return service if isinstance(service, ResolvedService) else None


def is_offered(service: Found | Unreachable, event: str) -> bool:
    """Whether the service has the event package, as far as is known (row D23)."""
    known = described(service)
    return known is None or known.packages is None or event in known.packages


def too_long(service: Found) -> Rejection | None:
    """Row D35."""
    why = service.why if isinstance(service, BrokenList) else service
    return Rejection(500, "List too long") if isinstance(why, ListTooLong) else None


def unresolvable(service: Found) -> Rejection | None:
    """Row D44."""
    if isinstance(service, ResolvedService):
        return None
    return with_warning(502, "List reference cannot be resolved", str(service))

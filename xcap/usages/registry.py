"""All application usages of this server: ours, and those that the operator adds."""

import re
from collections.abc import Iterable
from typing import Final

from xcap.usages.lists import RESOURCE_LISTS, RLS_SERVICES
from xcap.usages.presence import DIALOG_RULES, OMA_PRES_RULES, PIDF_MANIPULATION, PRES_CONTENT, PRES_RULES
from xcap.usages.server import XCAP_CAPS, XCAP_DIRECTORY
from xcap.usages.usage import ApplicationUsage

_OURS: Final = (
    XCAP_CAPS,
    RESOURCE_LISTS,
    RLS_SERVICES,
    PRES_RULES,
    OMA_PRES_RULES,
    PIDF_MANIPULATION,
    PRES_CONTENT,
    DIALOG_RULES,
    XCAP_DIRECTORY,
)
# RFC 4825 section 5.1, as it stands in a URI once the escapes are undone.
_AUID: Final = re.compile(r"[A-Za-z0-9\-_~!$&'()*+,;=:@]+(?:\.[A-Za-z0-9\-_~!$&'()*+,;=:@]+)*")

USAGES: Final[dict[str, ApplicationUsage]] = {usage.auid: usage for usage in _OURS}


class InvalidUsage(ValueError):
    """An application usage that cannot be; says which and why."""


def install(usages: Iterable[ApplicationUsage]) -> None:
    """Add usages, or put them in the place of those with the same AUID. Raises InvalidUsage."""
    for usage in usages:
        if not _AUID.fullmatch(usage.auid):
            raise InvalidUsage(f"{usage.auid!r} is not an AUID (RFC 4825 section 5.1)")
        other = usage_of(usage.doc_type)
        if other and other.auid != usage.auid:
            raise InvalidUsage(f"{usage.auid}: the number {usage.doc_type} belongs to {other.auid}")
        USAGES[usage.auid] = usage


def usage_of(doc_type: int) -> ApplicationUsage | None:
    """The usage with this number in the `xcap` table."""
    return next((usage for usage in stored() if usage.doc_type == doc_type), None)


def stored() -> tuple[ApplicationUsage, ...]:
    """The usages whose documents users put."""
    return tuple(usage for usage in USAGES.values() if usage.doc_type)

"""Application usages as data (RFC 4825 section 5): what the server must know of each kind of document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from xcap.documents.constraints import Constraint, Uniqueness
from xcap.documents.resource_lists import absolute_anchors, relative_references, unique_siblings
from xcap.documents.rls_services import own_resource_lists, sip_services, unique_services
from xcap.namespaces import RESOURCE_LISTS_NS, RLS_SERVICES_NS, XCAP_CAPS_NS


@dataclass(frozen=True, slots=True)
class ApplicationUsage:
    """One application usage. `doc_type` is its number in the `xcap` table, 0 if it is not stored there."""

    auid: str
    media_type: str
    namespace: str
    doc_type: int = 0
    schema: str = ""
    filename: re.Pattern[str] = re.compile(".+")
    uniqueness: tuple[Uniqueness, ...] = ()
    constraints: tuple[Constraint, ...] = ()


RESOURCE_LISTS: Final = ApplicationUsage(
    auid="resource-lists",
    media_type="application/resource-lists+xml",
    namespace=RESOURCE_LISTS_NS,
    doc_type=4,
    schema="resource-lists.xsd",
    uniqueness=(unique_siblings,),
    constraints=(relative_references, absolute_anchors),
)
RLS_SERVICES: Final = ApplicationUsage(
    auid="rls-services",
    media_type="application/rls-services+xml",
    namespace=RLS_SERVICES_NS,
    doc_type=8,
    schema="rls-services.xsd",
    uniqueness=(unique_services, unique_siblings),
    constraints=(sip_services, own_resource_lists, relative_references, absolute_anchors),
)
XCAP_CAPS: Final = ApplicationUsage(
    auid="xcap-caps",
    media_type="application/xcap-caps+xml",
    namespace=XCAP_CAPS_NS,
    filename=re.compile("index"),
)

USAGES: Final[Mapping[str, ApplicationUsage]] = {
    usage.auid: usage for usage in (XCAP_CAPS, RESOURCE_LISTS, RLS_SERVICES)
}
STORED: Final = tuple(usage for usage in USAGES.values() if usage.doc_type)

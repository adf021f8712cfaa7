"""Lists and the services that make them subscribable (RFC 4826)."""

from typing import Final

from xcap.documents.resource_lists import (
    absolute_anchors,
    percent_encoded,
    relative_references,
    unique_siblings,
)
from xcap.documents.rls_services import own_resource_lists, sip_services, unique_services
from xcap.namespaces import RESOURCE_LISTS_NS, RLS_SERVICES_NS
from xcap.usages.usage import INDEX, ApplicationUsage

RESOURCE_LISTS: Final = ApplicationUsage(
    auid="resource-lists",
    media_type="application/resource-lists+xml",
    namespace=RESOURCE_LISTS_NS,
    root=f"{{{RESOURCE_LISTS_NS}}}resource-lists",
    doc_type=4,
    schemas=("resource-lists.xsd",),
    uniqueness=(unique_siblings,),
    constraints=(relative_references, absolute_anchors, percent_encoded),
)
RLS_SERVICES: Final = ApplicationUsage(
    auid="rls-services",
    media_type="application/rls-services+xml",
    namespace=RLS_SERVICES_NS,
    root=f"{{{RLS_SERVICES_NS}}}rls-services",
    doc_type=8,
    schemas=("rls-services.xsd", "resource-lists.xsd", "sharing.xsd"),
    global_files=INDEX,
    computes_global=True,
    trusted_global=True,
    uniqueness=(unique_services, unique_siblings),
    constraints=(sip_services, own_resource_lists, relative_references, absolute_anchors, percent_encoded),
)

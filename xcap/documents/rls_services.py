"""Data constraints of rls-services (RFC 4826 section 4.4.5)."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from rls.domain.uri import InvalidUri, SipUri, canonical_form, with_scheme
from xcap.documents.constraints import Surroundings
from xcap.errors import Exists
from xcap.namespaces import RLS_SERVICES_NS
from xcap.selectors import InvalidSelector
from xcap.selectors.pointer import pointer

_SERVICE = f"{{{RLS_SERVICES_NS}}}service"
_RESOURCE_LIST = f"{{{RLS_SERVICES_NS}}}resource-list"
_ALTERNATIVES = 3


def service_uris(root: etree._Element) -> list[str]:
    """Canonical URIs of the services, in document order; what is no SIP URI is left out."""
    uris = (canonical(service.get("uri", "")) for service in root.iter(_SERVICE))
    return [uri for uri in uris if uri]


def canonical(service_uri: str) -> str | None:
    """The form in which service URIs are compared (RFC 4826 section 5), None if it is no SIP URI."""
    try:
        return canonical_form(with_scheme(service_uri.strip()))
    except InvalidUri:
        return None


def unique_services(root: etree._Element, surroundings: Surroundings) -> Iterator[Exists]:
    """A service URI is unique on the whole server and no subscriber's address."""
    uris = service_uris(root)
    taken = surroundings.taken(uris) if uris else set()
    seen: set[str] = set()
    for service in root.iter(_SERVICE):
        uri = canonical(service.get("uri", ""))
        if uri and (uri in taken or uri in seen):
            yield Exists(pointer(service, "uri", RLS_SERVICES_NS), _alternatives(uri, surroundings, uris))
        seen.add(uri or "")


def sip_services(root: etree._Element, _surroundings: Surroundings) -> Iterator[str]:
    for service in root.iter(_SERVICE):
        if canonical(service.get("uri", "")) is None:
            yield f"service uri={service.get('uri')!r} is not a SIP URI"


def own_resource_lists(root: etree._Element, surroundings: Surroundings) -> Iterator[str]:
    """`<resource-list>` stays below our root, in resource-lists and with the owner of the document.

    Only the URI is looked at: the list may come later (section 4.5 tells what happens until then).
    """
    for element in root.iter(_RESOURCE_LIST):
        uri = (element.text or "").strip()
        try:
            document = surroundings.root.absolute(uri).document
        except InvalidSelector as error:
            yield f"resource-list: {error}"
            continue
        if document.auid != "resource-lists":
            yield f"resource-list {uri!r} is not in the application resource-lists"
        elif surroundings.owner and document.owner != surroundings.owner:
            yield f"resource-list {uri!r} belongs to another user than the document"


def _alternatives(uri: str, surroundings: Surroundings, own: list[str]) -> list[str]:
    parsed = SipUri.parse(uri)
    if parsed.user is None:
        return []
    candidates = [str(replace(parsed, user=f"{parsed.user}-{n}")) for n in range(2, 10)]
    refused = surroundings.taken(candidates).union(own)
    return [candidate for candidate in candidates if candidate not in refused][:_ALTERNATIVES]

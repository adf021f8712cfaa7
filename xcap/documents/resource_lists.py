"""Data constraints of resource-lists, and of the lists in rls-services (RFC 4826 section 3.4.5)."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from xcap.documents.constraints import Surroundings
from xcap.errors import Exists
from xcap.namespaces import RESOURCE_LISTS_NS, RLS_SERVICES_NS
from xcap.selectors.pointer import pointer
from xcap.selectors.root import http_host

_KEYS = {"list": "name", "entry": "uri", "entry-ref": "ref", "external": "anchor"}
_ENTRY_REF = f"{{{RESOURCE_LISTS_NS}}}entry-ref"
_EXTERNAL = f"{{{RESOURCE_LISTS_NS}}}external"
# Of RFC 3986, wherever they stand: brackets that belong to no IPv6 address do no harm.
_URI_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_LISTS = [f"{{{namespace}}}list" for namespace in (RESOURCE_LISTS_NS, RLS_SERVICES_NS)]


def unique_siblings(root: etree._Element, _surroundings: Surroundings) -> Iterator[Exists]:
    """Siblings of one kind differ in their key; strings are compared, not URIs."""
    default_namespace = etree.QName(root).namespace or ""
    for parent in (root, *root.iter(*_LISTS)):
        seen = set()
        for child in parent.iterchildren(f"{{{RESOURCE_LISTS_NS}}}*"):
            attribute = _KEYS.get(etree.QName(child).localname, "")
            value = child.get(attribute) if attribute else None  # a display-name has no key
            if value is None:
                continue
            if (child.tag, value) in seen:
                yield Exists(pointer(child, attribute, default_namespace))
            seen.add((child.tag, value))


def relative_references(root: etree._Element, _surroundings: Surroundings) -> Iterator[str]:
    """`ref` starts at the XCAP root, so it has neither a scheme nor a leading slash."""
    for reference in root.iter(_ENTRY_REF):
        ref = reference.get("ref", "")
        if not ref or ref.startswith("/") or _has_scheme(ref):
            yield f"ref={ref!r} is not a relative path below the XCAP root"


def absolute_anchors(root: etree._Element, _surroundings: Surroundings) -> Iterator[str]:
    for external in root.iter(_EXTERNAL):
        anchor = external.get("anchor", "")
        if http_host(anchor) is None:
            yield f"anchor={anchor!r} is not an absolute HTTP URI"


def percent_encoded(root: etree._Element, _surroundings: Surroundings) -> Iterator[str]:
    """References are URIs: what cannot stand in one is percent-encoded (RFC 4826 section 3.1)."""
    for element in root.iter(_ENTRY_REF, _EXTERNAL):
        attribute = _KEYS[etree.QName(element).localname]
        if not _URI_CHARACTERS.fullmatch(value := element.get(attribute, "")):
            yield f"{attribute}={value!r} has characters that have to be percent-encoded"


def _has_scheme(reference: str) -> bool:
    try:
        # A colon in a later segment (users/sip:bob@…) makes no scheme.
        return bool(urlsplit(reference).scheme)
    except ValueError:
        return True

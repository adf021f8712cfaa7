"""Findings in one document, given somebody who follows its references."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from rls.domain.lists import (
    Dereference,
    Limits,
    ListTooLong,
    NotFetched,
    Service,
    UnresolvableReference,
    flatten,
)
from rls.domain.uri import request_uri_of, with_scheme
from xcap.documents import labels
from xcap.documents.rls_services import canonical
from xcap.integrity.finding import Finding, Kind
from xcap.namespaces import RESOURCE_LISTS_NS, RLS_SERVICES_NS

_ENTRY: Final = f"{{{RESOURCE_LISTS_NS}}}entry"
_REFERENCES: Final[dict[str, tuple[str, str, Kind]]] = {
    f"{{{RESOURCE_LISTS_NS}}}entry-ref": ("ref", "entry", "dangling-entry"),
    f"{{{RESOURCE_LISTS_NS}}}external": ("anchor", "list", "dangling-external"),
}


def of_lists(root: etree._Element, dereference: Dereference) -> Iterator[Finding]:
    """Entries that are double or cannot be subscribed to, and references that lead nowhere."""
    known = dict(labels.labelled(root))
    for label, element in known.items():
        # A list at the top speaks for the lists in it: double is double wherever it stands.
        if label.rpartition("/")[0] not in known:
            yield from _duplicates(label, element)
        for child in element.iterchildren(_ENTRY):
            yield from _entry(label, child)
        for child in element.iterchildren(*_REFERENCES):
            yield from _reference(label, child, dereference)


def of_services(root: etree._Element, dereference: Dereference, limits: Limits) -> Iterator[Finding]:
    """Services without a list, or whose list cannot be made out."""
    for element in root.iterchildren(f"{{{RLS_SERVICES_NS}}}service"):
        uri = element.get("uri", "")
        tags = {etree.QName(child).localname for child in element}
        if not tags & {"list", "resource-list"}:
            yield Finding("no-list", uri, "the service has no list")
        else:
            yield from _flattened(element, uri, dereference, limits, "resource-list" in tags)


def _flattened(
    element: etree._Element, uri: str, dereference: Dereference, limits: Limits, points: bool
) -> Iterator[Finding]:
    if points:
        pointer = (element.findtext(f"{{{RLS_SERVICES_NS}}}resource-list") or "").strip()
        try:
            dereference(pointer)
        except UnresolvableReference as error:
            yield Finding("dangling-list", uri, str(error))
            return
    try:
        flatten(Service(uri, None, element), dereference, limits)
    except NotFetched:
        return  # it goes on at a server that is not asked here
    except ListTooLong as error:
        yield Finding("too-long", uri, str(error))
    except UnresolvableReference as error:
        yield Finding("dangling-list", uri, f"subscribers get 502: {error}")


def _duplicates(label: str, element: etree._Element) -> Iterator[Finding]:
    seen: set[str] = set()
    for entry in element.iter(_ENTRY):
        uri = with_scheme(entry.get("uri", "").strip())
        key = canonical(uri) or uri
        if uri and key in seen:
            yield Finding("duplicate-entry", label, f"{uri} stands there twice")
        seen.add(key)


def _entry(label: str, element: etree._Element) -> Iterator[Finding]:
    uri = element.get("uri", "").strip()
    if not uri:
        yield Finding("no-uri", label, "an entry has no URI")
    elif request_uri_of(with_scheme(uri)) is None:
        yield Finding("not-sip", label, f"{uri} is no SIP URI")


def _reference(label: str, element: etree._Element, dereference: Dereference) -> Iterator[Finding]:
    attribute, wanted, kind = _REFERENCES[str(element.tag)]
    reference = element.get(attribute, "").strip()
    try:
        found = etree.QName(dereference(reference)).localname
        if found != wanted:
            yield Finding(kind, label, f"{reference} is a <{found}>, not a <{wanted}>")
    except NotFetched:
        return
    except UnresolvableReference as error:
        yield Finding(kind, label, str(error))

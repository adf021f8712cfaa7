"""rls-services documents and the flat lists they stand for (RFC 4826 section 4)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from rls.domain import rlmi, uri, xmlinput
from rls.domain.rlmi import Name

# Documents in the field mix both namespaces up or use none at all (RFC 4826 section 4.4.8 does so itself).
RESOURCE_LISTS = "urn:ietf:params:xml:ns:resource-lists"
_NAMESPACES = frozenset({None, RESOURCE_LISTS, "urn:ietf:params:xml:ns:rls-services"})
_LANGUAGE_TAG = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


class MalformedDocument(ValueError):
    """Not an rls-services document."""


class UnresolvableReference(ValueError):
    """A reference leads nowhere, to the wrong element or in a circle: a 502 (RFC 4826 section 4.5).

    `documents`, if it is known: those that have to change before it can lead somewhere, as in `xcap.lookup`.
    """

    documents: frozenset[int | str] = frozenset()


class NotFetched(UnresolvableReference):
    """What a reference leads to has to be fetched before anything can be said of it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class ListTooLong(UnresolvableReference):
    """More entries, references or levels than the limits allow."""


Dereference = Callable[[str], etree._Element]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a list is resolved: entries, fetched references, levels of lists in lists."""

    entries: int = 1000
    references: int = 20
    depth: int = 32


@dataclass(frozen=True, slots=True)
class Service:
    """One `<service>`: `packages` None allows every event package (RFC 4826 section 4.1)."""

    uri: str
    packages: frozenset[str] | None
    element: etree._Element = field(repr=False, compare=False)

    def allows(self, package: str) -> bool:
        return self.packages is None or package in self.packages


@dataclass(frozen=True, slots=True)
class Entry:
    """`uri` is how RLMI names the resource, `request_uri` what is subscribed to."""

    uri: str
    request_uri: str
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class FlatList:
    """The resources of a list in document order, each once."""

    names: tuple[Name, ...]
    entries: tuple[Entry, ...]


def parse_services(document: bytes) -> list[Service]:
    """All services of an rls-services document. Raises MalformedDocument."""
    try:
        root = xmlinput.parse(document)
    except xmlinput.MalformedXml as error:
        raise MalformedDocument(str(error)) from error
    if _kind(root) != "rls-services":
        raise MalformedDocument(f"the root element is {root.tag!r}")
    return [_service(child) for child in root if _kind(child) == "service" and child.get("uri")]


def parse_service_fragment(fragment: bytes) -> Service:
    """One `<service>` cut out of a document (RFC 4825 section 8.3). Raises MalformedDocument."""
    try:
        element = xmlinput.parse_fragment(fragment, RESOURCE_LISTS)
    except xmlinput.MalformedXml as error:
        raise MalformedDocument(str(error)) from error
    if _kind(element) != "service":
        raise MalformedDocument(f"the element is {element.tag!r}")
    return _service(element)


def flatten(
    service: Service, dereference: Dereference, limits: Limits | None = None, *, omit: bool = False
) -> FlatList:
    """Resolve a service to its entries (RFC 4826 section 4.5).

    `omit`: an `entry-ref` or `external` that cannot be resolved is left out, to serve the rest.

    `dereference` gets a `resource-list` or `anchor` (absolute) or a `ref` (relative to the XCAP root)
    as the document spells it; it gives the element there or raises UnresolvableReference.
    Raises UnresolvableReference, of which ListTooLong is one.
    """
    walk = _Walk(dereference, limits or Limits(), omit)
    top = walk.list_of(service)
    found: dict[str, Entry] = {}
    for entry in walk.entries(top, depth=1):
        found.setdefault(entry.uri, entry)
        if len(found) > walk.limits.entries:
            raise ListTooLong(f"more than {walk.limits.entries} entries")
    return FlatList(_names(top), tuple(found.values()))


class _Walk:
    """One walk through a list and what it refers to."""

    def __init__(self, dereference: Dereference, limits: Limits, omit: bool) -> None:
        self.limits = limits
        self._omit = omit
        self._dereference = dereference
        self._references = 0
        self._traversed: set[str] = set()

    def list_of(self, service: Service) -> etree._Element:
        for child in service.element:
            if _kind(child) == "list":
                return child
            if _kind(child) == "resource-list":
                return self._external_list((child.text or "").strip())
        raise UnresolvableReference(f"service {service.uri} has no list")

    def entries(self, parent: etree._Element, depth: int) -> Iterator[Entry]:
        if depth > self.limits.depth:
            raise ListTooLong(f"lists nested more than {self.limits.depth} deep")
        for child in parent:
            match _kind(child):
                case "entry":
                    yield from _entry(child)
                case "list":
                    yield from self.entries(child, depth + 1)
                case "entry-ref":
                    if (target := self._found(self._referred_entry, child.get("ref", ""))) is not None:
                        yield from _entry(target, _names(child))
                case "external":
                    if (target := self._found(self._external_list, child.get("anchor", ""))) is not None:
                        yield from self.entries(target, depth + 1)

    def _found(self, find: Dereference, reference: str) -> etree._Element | None:
        """None for what is to be left out."""
        try:
            return find(reference.strip())
        except (NotFetched, ListTooLong):
            raise
        except UnresolvableReference:
            if self._omit:
                return None
            raise

    def _referred_entry(self, reference: str) -> etree._Element:
        return self._fetch(reference, "entry")

    def _external_list(self, reference: str) -> etree._Element:
        if reference in self._traversed:
            raise UnresolvableReference(f"{reference} was traversed before")
        self._traversed.add(reference)
        return self._fetch(reference, "list")

    def _fetch(self, reference: str, kind: str) -> etree._Element:
        self._references += 1
        if self._references > self.limits.references:
            raise ListTooLong(f"more than {self.limits.references} references")
        if not reference:
            raise UnresolvableReference("an empty reference")
        element = self._dereference(reference)
        if _kind(element) != kind:
            raise UnresolvableReference(f"{reference} is no <{kind}>")
        return element


def entries_within(element: etree._Element) -> Iterator[Entry]:
    """The entries of all lists in an element; what refers to others is left out."""
    for child in element:
        match _kind(child):
            case "entry":
                yield from _entry(child)
            case "list":
                yield from entries_within(child)


def _kind(element: etree._Element) -> str | None:
    """Local name of an element of ours, None for extensions (RFC 4826 section 6)."""
    return _kind_of(element.tag) if isinstance(element.tag, str) else None


@lru_cache(256)
def _kind_of(tag: str) -> str | None:
    """The same few tags in every list."""
    name = etree.QName(tag)
    return name.localname if name.namespace in _NAMESPACES else None


def _service(element: etree._Element) -> Service:
    packages = next((child for child in element if _kind(child) == "packages"), None)
    return Service(element.get("uri", "").strip(), None if packages is None else _packages(packages), element)


def _packages(element: etree._Element) -> frozenset[str]:
    return frozenset((child.text or "").strip() for child in element if _kind(child) == "package")


def _entry(element: etree._Element, names: tuple[Name, ...] = ()) -> Iterator[Entry]:
    """Nothing for an entry that cannot be subscribed to: no URI, or another scheme."""
    entry_uri = uri.with_scheme(element.get("uri", "").strip())
    if request_uri := uri.request_uri_of(entry_uri):
        yield Entry(entry_uri, request_uri, names or _names(element))


def _names(element: etree._Element) -> tuple[Name, ...]:
    if not len(element):
        return ()
    texts = (child for child in element if _kind(child) == "display-name")
    return tuple(Name(text, _language(child)) for child in texts if (text := (child.text or "").strip()))


def _language(element: etree._Element) -> str | None:
    tag = element.get(rlmi.XML_LANG, "")
    return tag if _LANGUAGE_TAG.fullmatch(tag) else None

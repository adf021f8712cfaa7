"""Filters of watchers (RFC 4660, RFC 4661): which back ends get which; these say what is selected."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from rls.domain.uri import InvalidUri, SipUri, canonical_form, comparable_form
from rls.domain.xmlinput import MalformedXml, parse

MEDIA_TYPE: Final = "application/simple-filter+xml"
NAMESPACE: Final = "urn:ietf:params:xml:ns:simple-filter"
MOST: Final = 100
"""Filters that one subscription may have."""
_SET, _FILTER, _BINDINGS, _WHAT, _TRIGGER = (
    f"{{{NAMESPACE}}}{name}" for name in ("filter-set", "filter", "ns-bindings", "what", "trigger")
)
_YES, _NO = ("true", "1"), ("false", "0")


class InvalidFilter(ValueError):
    """A filter that no notifier could use (RFC 4660 section 5.4)."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`subject` is whom it is for: a canonical URI, `@domain`, or "" for the whole subscription.

    `element` is as it came, `general` the same for whoever gets it; both None: it is to be removed.
    """

    id: str
    subject: str
    element: str | None
    general: str | None


@dataclass(frozen=True, slots=True)
class FilterSet:
    """`bindings` are the prefixes that its expressions use."""

    package: str = ""
    bindings: str = ""
    filters: tuple[Filter, ...] = ()

    @classmethod
    def read(cls, document: bytes, event: str) -> FilterSet:
        """Raises InvalidFilter."""
        found = cls._parsed(document)
        if found.package not in ("", event):
            raise InvalidFilter(f"filters of {found.package} for {event}")
        return found

    @classmethod
    def stored(cls, document: str) -> FilterSet:
        """What document() gave."""
        return cls._parsed(document.encode()) if document else cls()

    @classmethod
    def _parsed(cls, document: bytes) -> FilterSet:
        try:
            root = parse(document)
        except MalformedXml as error:
            raise InvalidFilter(str(error)) from error
        if root.tag != _SET:
            raise InvalidFilter(f"the root element is {root.tag!r}")
        filters = tuple(map(_filter, root.iterchildren(_FILTER)))
        bindings = root.find(_BINDINGS)
        found = cls(root.get("package") or "", "" if bindings is None else _text(bindings), filters)
        found._check()
        return found

    def _check(self) -> None:
        """Not too many, no id and no subject twice (sections 4.1 and 4.2)."""
        if len(self.filters) > MOST:
            raise InvalidFilter(f"more than {MOST} filters")
        for what in ("id", "subject"):
            values = [getattr(each, what) for each in self.filters if each.element or what == "id"]
            if len(set(values)) < len(values):
                raise InvalidFilter(f"two filters with the same {what}")

    def after(self, update: FilterSet) -> FilterSet:
        """What holds once a SUBSCRIBE in the dialog has brought `update` (section 4.2).

        Raises InvalidFilter for a second filter of the same subject, or one too many.
        """
        filters = {each.id: each for each in self.filters} | {each.id: each for each in update.filters}
        kept = tuple(each for each in filters.values() if each.element is not None)
        result = FilterSet(update.package or self.package, update.bindings or self.bindings, kept)
        result._check()
        return result

    def document(self) -> str:
        """All of them, as they came; "" if there are none."""
        return self._of(each.element for each in self.filters)

    def __bool__(self) -> bool:
        return bool(self.filters)

    def for_resource(self, uri: str, list_uri: str, listed: Iterable[str]) -> str:
        """What the back end of a resource gets; "" for nothing (section 4.1).

        Its own; those of the list; those of domains, and of users elsewhere whom the list does not name,
        as a back end may be a list that does. Who is unknown in our own domain is nobody.
        """
        own, whole = comparable_form(uri), comparable_form(list_uri)
        strangers = {
            each.subject for each in self.filters if _domain(each.subject) not in ("", _domain(whole))
        }
        strangers = strangers and strangers - set(map(comparable_form, listed))
        return self._of(_wanted(each, own, whole, strangers) for each in self.filters)

    def _of(self, elements: Iterable[str | None]) -> str:
        wanted = "".join(element for element in elements if element)
        if not wanted:
            return ""
        package = f' package="{self.package}"' if self.package else ""
        return f'<filter-set xmlns="{NAMESPACE}"{package}>{self.bindings}{wanted}</filter-set>'


def _filter(element: etree._Element) -> Filter:
    name, uri, domain = (element.get(key) or "" for key in ("id", "uri", "domain"))
    if not name:
        raise InvalidFilter("a filter without id")
    if uri and domain:
        raise InvalidFilter(f"{name}: for a URI and a domain")
    remove = element.get("remove", "false")
    if remove not in (*_YES, *_NO) or element.get("enabled", "true") not in (*_YES, *_NO):
        raise InvalidFilter(f"{name}: remove and enabled are true or false")
    subject = _subject(uri) if uri else domain and f"@{domain.lower()}"
    if remove in _YES:
        return Filter(name, subject, None, None)
    if element.find(_WHAT) is None and element.find(_TRIGGER) is None and element.get("enabled") not in _NO:
        raise InvalidFilter(f"{name}: neither what nor trigger")
    text = _text(element)
    element.attrib.pop("uri", None)
    return Filter(name, subject, text, _text(element))


def _text(element: etree._Element) -> str:
    """With the namespaces that it needs."""
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _subject(uri: str) -> str:
    try:
        return canonical_form(uri)
    except InvalidUri as error:
        raise InvalidFilter(f"{uri} is no SIP URI") from error


def _wanted(each: Filter, own: str, whole: str, strangers: Container[str]) -> str | None:
    if each.subject in ("", whole):
        return each.general
    for_it = each.subject == own or each.subject.startswith("@") or each.subject in strangers
    return each.element if for_it else None


@lru_cache(4096)
def _domain(subject: str) -> str:
    """Of a URI; "" for other subjects."""
    return "" if subject.startswith("@") or not subject else SipUri.parse(subject).host

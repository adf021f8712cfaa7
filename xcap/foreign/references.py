"""Following references through foreign documents that were fetched; what is missing is asked for first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from rls.domain import xmlinput
from rls.domain.lists import NotFetched, UnresolvableReference
from xcap.foreign.client import Unreachable
from xcap.foreign.documents import Known
from xcap.foreign.roots import ForeignRoot, Place, Roots
from xcap.namespaces import RESOURCE_LISTS_NS
from xcap.reach import Reach
from xcap.selectors import InvalidSelector, NoMatch, Xui, parse_node_selector, select
from xcap.selectors.bindings import parse_bindings
from xcap.selectors.root import http_host

Look = Callable[[str], Known]
"""What is known of a URL; raises NotFetched, Unreachable."""


@dataclass(slots=True)
class Used:
    """The documents that a result rests on, by URL, with their entity tags."""

    look: Look
    etags: dict[str, str] = field(default_factory=dict)

    def body(self, url: str) -> bytes | None:
        """None: there is none. Raises NotFetched, UnresolvableReference for what is no XML."""
        known = self.look(url)
        self.etags[url] = _tag(known)
        if known.spoiled:
            raise UnresolvableReference(f"{url} is no XML: {known.spoiled}")
        return known.body

    def element(self, place: Place) -> etree._Element:
        """Raises UnresolvableReference, NotFetched."""
        document = place.target.document
        if document.auid != "resource-lists" or document.owner is None:
            raise UnresolvableReference(f"{place.url} is not a resource-lists document of a user")
        body = self.body(place.url)
        if body is None:
            raise UnresolvableReference(f"there is no {place.url}")
        try:
            selector = parse_node_selector(
                place.target.node or "",
                default_namespace=RESOURCE_LISTS_NS,
                bindings=parse_bindings(place.target.query),
            )
            return select(xmlinput.parse(body), selector)
        except (InvalidSelector, NoMatch, xmlinput.MalformedXml) as error:
            raise UnresolvableReference(f"{place.url}: {error}") from error


def _tag(known: Known) -> str:
    return f"{known.etag}:{hash(known.body)}"


@dataclass(slots=True)
class Externals:
    """Where `<external>` in a list of ours may lead to: below the `roots`, into what was fetched.

    Those servers trust us, and know nothing of whose list it is: its `reach` says what it sees of them.
    """

    roots: Roots
    look: Look

    def element(self, reference: str, used: Used, reach: Reach) -> etree._Element | None:
        """None for what is below none of the roots. Raises UnresolvableReference, NotFetched."""
        try:
            place = self.roots.place(reference)
        except InvalidSelector:
            return None
        reach.check(reference, place.target.document.owner)
        try:
            return used.element(place)
        except Unreachable as error:
            raise UnresolvableReference(f"{reference}: {error}") from error

    def still_hold(self, etags: Mapping[str, str]) -> bool:
        """Whether these are the current entity tags."""
        try:
            return all(_tag(self.look(url)) == etag for url, etag in etags.items())
        except (NotFetched, Unreachable):
            return False


@dataclass(frozen=True, slots=True)
class ForeignDereferencer:
    """Resolves the references of one service on a foreign server.

    A `resource-list` stays with the root and the owner of the service (RFC 4826 section 4.1), an
    `entry-ref` with the root (3.1); `external` goes to any root that is configured. Both stay in `reach`.
    """

    reach: Reach
    root: ForeignRoot
    roots: Roots
    used: Used

    def __call__(self, reference: str) -> etree._Element:
        try:
            absolute = http_host(reference) is not None
            place = self.roots.place(reference) if absolute else self.root.relative(reference)
        except InvalidSelector as error:
            raise UnresolvableReference(f"{reference}: {error}") from error
        self.reach.check(reference, place.target.document.owner)
        return self.used.element(place)

    def own(self, reference: str, owner: Xui | None) -> None:
        """Raises UnresolvableReference for a `resource-list` of another root or user."""
        try:
            place = self.root.place(reference)
        except InvalidSelector as error:
            raise UnresolvableReference(f"{reference}: {error}") from error
        if place is None or (owner is not None and place.target.document.owner != owner):
            raise UnresolvableReference(f"{reference} is not a list of {owner or 'this XCAP root'}")

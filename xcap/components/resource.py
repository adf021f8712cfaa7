"""What a request with a node selector is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from rls.domain import xmlinput
from xcap.documents.source import Source
from xcap.errors import Conflict
from xcap.selectors import DocumentSelector, NodeSelector, NoMatch
from xcap.selectors.document import ROOT
from xcap.selectors.node import Step, descend
from xcap.selectors.pointer import pointer

ELEMENT: Final = "application/xcap-el+xml"
ATTRIBUTE: Final = "application/xcap-att+xml"
NAMESPACES: Final = "application/xcap-ns+xml"


def stored(document: bytes | None) -> Source:
    """Raises NoMatch if there is no document, or a malformed one (by another writer of the table)."""
    if document is None:
        raise NoMatch("there is no such document")
    try:
        return Source(document)
    except xmlinput.MalformedXml as error:
        raise NoMatch(f"the stored document is malformed: {error}") from error


@dataclass(frozen=True, slots=True)
class Resource:
    """An element, an attribute or the namespace bindings of an element, in one document.

    `default_namespace` is that of the application usage (RFC 4825 section 5.2).
    """

    document: DocumentSelector
    selector: NodeSelector
    default_namespace: str

    @property
    def media_type(self) -> str:
        if self.selector.namespaces:
            return NAMESPACES
        return ATTRIBUTE if self.selector.attribute else ELEMENT

    def source(self, document: bytes | None) -> Source:
        """The document that a PUT changes, None if there is none. Raises Conflict."""
        try:
            return stored(document)
        except NoMatch as error:
            raise self._no_parent(str(error), self.document.home()) from error

    def parent(self, source: Source, steps: Sequence[Step]) -> etree._Element:
        """The element that `steps` lead to. Raises Conflict, with the closest ancestor that exists."""
        closest = None
        try:
            for element in descend(source.root, steps):
                closest = element
        except NoMatch as error:
            raise self._no_parent(str(error), self._uri(closest)) from error
        assert closest is not None
        return closest

    def _uri(self, element: etree._Element | None) -> str:
        document = self.document.relative()
        if element is None:
            return document
        return f"{document}/~~/{pointer(element, None, self.default_namespace)}"

    @staticmethod
    def _no_parent(phrase: str, ancestor: str) -> Conflict:
        return Conflict("no-parent", f"where to insert: {phrase}", ancestor=ROOT + ancestor)

"""A stored document: its bytes, its tree, and where in the bytes each element stands."""

from functools import cached_property

from lxml import etree

from rls.domain import xmlinput
from xcap.selectors import NoMatch
from xcap.selectors.spans import Span, element_spans


class Source:
    """Parsed once; what stands where is found out when somebody asks."""

    def __init__(self, document: bytes | None) -> None:
        """Raises NoMatch if there is no document, or a malformed one (by another writer of the table)."""
        if document is None:
            raise NoMatch("there is no such document")
        self.bytes = document
        try:
            self.root = xmlinput.parse(document)
        except xmlinput.MalformedXml as error:
            raise NoMatch(f"the stored document is malformed: {error}") from error

    @cached_property
    def _spans(self) -> list[Span]:
        return element_spans(self.bytes)

    def span(self, element: etree._Element) -> Span:
        return self._spans[ordinal(self.root, element)]

    def elements_before(self, offset: int) -> int:
        """How many elements start before a byte: the number of one that is put there."""
        return sum(span.start < offset for span in self._spans)

    def spliced(self, start: int, end: int, replacement: bytes) -> bytes:
        return self.bytes[:start] + replacement + self.bytes[end:]


def ordinal(root: etree._Element, element: etree._Element) -> int:
    """Number of an element in document order, the root being 0."""
    return next(number for number, each in enumerate(root.iter("*")) if each is element)

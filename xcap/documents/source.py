"""A document: its bytes, its tree, and where in the bytes each element stands."""

import re
from functools import cached_property
from typing import Final, NamedTuple

from lxml import etree

from rls.domain import xmlinput
from xcap.documents.spans import Span, element_spans

SPACE: Final = b" \t\r\n"
_NAME = re.compile(rb"<([^\s/>]+)")


class Gap(NamedTuple):
    """Bytes `start` to `end` give way to something between `before` and `behind`."""

    start: int
    end: int
    before: bytes = b""
    behind: bytes = b""

    def filled(self, content: bytes) -> bytes:
        return self.before + content + self.behind


class Source:
    """Parsed once; what stands where is found out when somebody asks."""

    def __init__(self, document: bytes) -> None:
        """Raises MalformedXml."""
        self.bytes = document
        self.root = xmlinput.parse(document)

    @cached_property
    def _spans(self) -> list[Span]:
        return element_spans(self.bytes)

    @cached_property
    def ordinals(self) -> dict[etree._Element, int]:
        return ordinals(self.root)

    def span(self, element: etree._Element) -> Span:
        return self._spans[self.ordinals[element]]

    def element(self, element: etree._Element) -> bytes:
        """As it stands in the document."""
        return self.bytes[self.span(element).whole]

    def name_end(self, element: etree._Element) -> int:
        """Where the name in the start tag ends."""
        return self._name(element).end()

    def elements_before(self, offset: int) -> int:
        """How many elements start before a byte: the number of one that is put there."""
        return sum(span.start < offset for span in self._spans)

    def content(self, element: etree._Element) -> Gap:
        """All between the tags; an empty tag is opened."""
        span = self.span(element)
        if not span.is_empty_tag:
            return Gap(span.content, span.close)
        return Gap(span.content - len(b"/>"), span.content, b">", b"</%b>" % self._name(element)[1])

    def spliced(self, start: int, end: int, replacement: bytes) -> bytes:
        return self.bytes[:start] + replacement + self.bytes[end:]

    def _name(self, element: etree._Element) -> re.Match[bytes]:
        found = _NAME.match(self.bytes, self.span(element).start)
        assert found is not None
        return found


def ordinals(root: etree._Element) -> dict[etree._Element, int]:
    """Numbers of all elements in document order, the root being 0."""
    return {element: number for number, element in enumerate(root.iter("*"))}

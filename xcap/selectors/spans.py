"""Where an element stands in the stored bytes, so that a fragment is given out as it came in.

lxml's serialisation would add inherited namespace declarations (RFC 4825 section 8.3 forbids
that) and the text behind the element.
"""

import re
from xml.parsers import expat

from rls.domain import xmlinput
from xcap.selectors.node import NodeSelector, NoMatch, select

_TAG = re.compile(rb"""<(?:"[^"]*"|'[^']*'|[^'">])*>""")


class _Finder:
    def __init__(self, document: bytes, ordinal: int) -> None:
        self._document = document
        self._ordinal = ordinal
        self._seen = 0
        self._depth = 0
        self._inside = 0  # depth of the wanted element once it has begun
        self.start = 0
        self.end = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._finish

    def run(self) -> slice:
        self._parser.Parse(self._document, True)
        return slice(self.start, self.end)

    def _begin(self, _name: str, _attributes: object) -> None:
        self._depth += 1
        if self._seen == self._ordinal:
            self.start = self._parser.CurrentByteIndex
            self._inside = self._depth
        self._seen += 1

    def _finish(self, _name: str) -> None:
        if self._depth == self._inside:
            self.end = self._end_of_tag()
            self._inside = 0
        self._depth -= 1

    def _end_of_tag(self) -> int:
        start_tag = _TAG.match(self._document, self.start)
        if start_tag and start_tag[0].endswith(b"/>"):
            return start_tag.end()
        return self._document.index(b">", self._parser.CurrentByteIndex) + 1


def fragment(document: bytes, selector: NodeSelector) -> bytes:
    """The selected element as it stands in a stored document. Raises NoMatch."""
    try:
        root = xmlinput.parse(document)
    except xmlinput.MalformedXml as error:
        raise NoMatch(f"the stored document is malformed: {error}") from error
    element = select(root, selector)
    ordinal = next(number for number, each in enumerate(root.iter("*")) if each is element)
    return document[element_span(document, ordinal)]


def element_span(document: bytes, ordinal: int) -> slice:
    """Bytes of the element with this number in document order, the root being 0.

    The document is UTF-8, well-formed and has that element.
    """
    return _Finder(document, ordinal).run()

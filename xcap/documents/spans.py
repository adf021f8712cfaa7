"""Where elements stand in the stored bytes, so that a fragment is given out as it came in, and edits
touch nothing else.

lxml's serialisation would add inherited namespace declarations (RFC 4825 section 8.3 forbids
that) and the text behind the element.
"""

import re
from dataclasses import dataclass
from xml.parsers import expat

_TAG = re.compile(rb"""<(?:"[^"]*"|'[^']*'|[^'">])*>""")


@dataclass(slots=True)
class Span:
    """Offsets of one element: its start tag, its content, its end tag (empty for `<a/>`)."""

    start: int
    content: int
    close: int = 0
    end: int = 0

    @property
    def whole(self) -> slice:
        return slice(self.start, self.end)

    @property
    def is_empty_tag(self) -> bool:
        return self.content == self.end


class _Finder:
    def __init__(self, document: bytes) -> None:
        self._document = document
        self._open: list[Span] = []
        self._found: list[Span] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._finish

    def run(self) -> list[Span]:
        self._parser.Parse(self._document, True)
        return self._found

    def _begin(self, _name: str, _attributes: object) -> None:
        start = self._parser.CurrentByteIndex
        tag = _TAG.match(self._document, start)
        span = Span(start, tag.end() if tag else start)
        self._open.append(span)
        self._found.append(span)

    def _finish(self, _name: str) -> None:
        span = self._open.pop()
        if self._document.endswith(b"/>", span.start, span.content):
            span.close = span.end = span.content
        else:
            span.close = self._parser.CurrentByteIndex
            span.end = self._document.index(b">", span.close) + 1


def element_spans(document: bytes) -> list[Span]:
    """All elements in document order. The document is UTF-8 and well-formed."""
    return _Finder(document).run()

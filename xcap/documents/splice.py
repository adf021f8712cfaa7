"""Edits of a stored document as splices of its bytes: white space, comments and prefixes of whoever
wrote it survive."""

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from xcap.documents import start_tag
from xcap.documents.source import SPACE, Source
from xcap.selectors.node import ExpandedName

_LINE: Final = re.compile(rb"\r?\n[ \t]*\Z")


class Splices:
    """Collects edits of one well-formed document; `result` has them all.

    `root` is the tree to find elements in; it is not changed. Edits must not overlap: an element
    that is removed or replaced is not edited besides.
    """

    def __init__(self, document: bytes) -> None:
        """Raises MalformedXml."""
        self._source = Source(document)
        self._edits: list[tuple[int, int, bytes]] = []
        self._first_children: dict[etree._Element, list[bytes]] = {}

    @property
    def root(self) -> etree._Element:
        return self._source.root

    def source(self, element: etree._Element) -> bytes:
        """The element as it stands in the document."""
        return self._source.element(element)

    def replace(self, element: etree._Element, xml: bytes) -> None:
        span = self._source.span(element)
        self._edits.append((span.start, span.end, xml))

    def remove(self, element: etree._Element) -> None:
        """With the white space before it."""
        span = self._source.span(element)
        self._edits.append((span.start - len(self._space_before(element)), span.end, b""))

    def insert(self, parent: etree._Element, xml: bytes, after: etree._Element | None = None) -> None:
        """A child right behind its sibling `after`, or as the first child; in order of the calls."""
        if after is not None:
            end = self._source.span(after).end
            self._edits.append((end, end, self._space_before(after) + xml))
        else:
            self._first_children.setdefault(parent, []).append(xml)

    def set_text(self, element: etree._Element, text: str) -> None:
        """Replace the content of an element."""
        gap = self._source.content(element)
        self._edits.append((gap.start, gap.end, gap.filled(character_data(text).encode())))

    def set_attribute(self, element: etree._Element, local_name: str, value: str | None) -> None:
        """Write an attribute of no namespace; None removes it."""
        name = ExpandedName(None, local_name)
        if value is not None:
            self._edits.append(start_tag.put(self._source, element, name, quoteattr(value).encode()))
        elif written := start_tag.find(self._source, element, name):
            self._edits.append((written.start, written.end, b""))

    def again(self) -> "Splices":
        """For edits of what these have made."""
        return Splices(self.result()) if self._edits or self._first_children else self

    def result(self) -> bytes:
        for parent, children in self._first_children.items():
            self._insert_first(parent, children)
        self._first_children.clear()
        pieces, position = [], 0
        for start, end, xml in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [self._source.bytes[position:start], xml]
            position = end
        return b"".join([*pieces, self._source.bytes[position:]])

    def _insert_first(self, parent: etree._Element, children: list[bytes]) -> None:
        gap = self._source.content(parent)
        indent = self._indent_of_children(parent)
        xml = b"".join(indent + child for child in children)
        if gap.before or gap.start == gap.end:  # nothing stands in it
            self._edits.append((gap.start, gap.end, gap.filled(xml + self._line_before(parent))))
        else:
            self._edits.append((gap.start, gap.start, xml))

    def _indent_of_children(self, parent: etree._Element) -> bytes:
        if len(parent):
            return self._space_before(parent[0])
        line = self._line_before(parent)
        return line and line + (b"\t" if b"\t" in line else b"  ")

    def _line_before(self, element: etree._Element) -> bytes:
        """The line break and indentation before an element, if it begins a line."""
        found = _LINE.search(self._space_before(element))
        return found[0] if found else b""

    def _space_before(self, element: etree._Element) -> bytes:
        start = end = self._source.span(element).start
        while start and self._source.bytes[start - 1] in SPACE:
            start -= 1
        return self._source.bytes[start:end]


def qualified(parent: etree._Element, namespace: str, name: str) -> tuple[str, str]:
    """How a child of this namespace is called under `parent`, and the declaration that it needs, if any."""
    for prefix, uri in sorted(parent.nsmap.items(), key=lambda item: item[0] or ""):
        if uri == namespace:
            return (f"{prefix}:{name}" if prefix else name), ""
    return name, f" xmlns={quoteattr(namespace)}"


def character_data(text: str) -> str:
    """Text as content of an element; a bare carriage return would be read as a line feed."""
    return escape(text, {"\r": "&#13;"})

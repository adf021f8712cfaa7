"""Edits of a stored document as splices of its bytes: white space, comments and prefixes of whoever
wrote it survive."""

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from rls.domain import xmlinput
from xcap.selectors.spans import Span, element_spans

_SPACE: Final = b" \t\r\n"
_LINE = re.compile(rb"\r?\n[ \t]*\Z")
_NAME = re.compile(rb"<([^\s/>]+)")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')""")


class Splices:
    """Collects edits of one well-formed document; `result` has them all.

    `root` is the tree to find elements in; it is not changed. Edits must not overlap: an element
    that is removed or replaced is not edited besides.
    """

    def __init__(self, document: bytes) -> None:
        self._document = document
        self.root = xmlinput.parse(document)
        self._numbers = {element: number for number, element in enumerate(self.root.iter("*"))}
        self._spans = element_spans(document)
        self._edits: list[tuple[int, int, bytes]] = []
        self._first_children: dict[etree._Element, list[bytes]] = {}

    def source(self, element: etree._Element) -> bytes:
        """The element as it stands in the document."""
        return self._document[self._span(element).whole]

    def replace(self, element: etree._Element, xml: bytes) -> None:
        span = self._span(element)
        self._edits.append((span.start, span.end, xml))

    def remove(self, element: etree._Element) -> None:
        """With the white space before it."""
        span = self._span(element)
        self._edits.append((span.start - len(self._space_before(element)), span.end, b""))

    def insert(self, parent: etree._Element, xml: bytes, after: etree._Element | None = None) -> None:
        """A child right behind its sibling `after`, or as the first child; in order of the calls."""
        if after is not None:
            end = self._span(after).end
            self._edits.append((end, end, self._space_before(after) + xml))
        else:
            self._first_children.setdefault(parent, []).append(xml)

    def set_text(self, element: etree._Element, text: str) -> None:
        """Replace the content of an element."""
        span = self._span(element)
        content = character_data(text).encode()
        if span.is_empty_tag:
            self._edits.append((span.start, span.end, self._opened(span) + content + self._end_tag(span)))
        else:
            self._edits.append((span.content, span.close, content))

    def set_attribute(self, element: etree._Element, name: str, value: str | None) -> None:
        """Write an attribute that has no prefix, or one whose prefix the document binds; None removes it."""
        span = self._span(element)
        tag = self._document[span.start : span.content]
        written = b"" if value is None else f" {name}={quoteattr(value)}".encode()
        position = len(_name_of(tag)) + 1
        start = end = position
        while attribute := _ATTRIBUTE.match(tag, position):
            position = attribute.end()
            if attribute[1] == name.encode():
                start, end = attribute.span()
        self._edits.append((span.start + start, span.start + end, written))

    def result(self) -> bytes:
        for parent, children in self._first_children.items():
            self._insert_first(parent, children)
        self._first_children.clear()
        pieces, position = [], 0
        for start, end, xml in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [self._document[position:start], xml]
            position = end
        return b"".join([*pieces, self._document[position:]])

    def _insert_first(self, parent: etree._Element, children: list[bytes]) -> None:
        span = self._span(parent)
        indent = self._indent_of_children(parent)
        xml = b"".join(indent + child for child in children)
        if span.is_empty_tag:
            xml = self._opened(span) + xml + self._line_before(parent) + self._end_tag(span)
            self._edits.append((span.start, span.end, xml))
        else:
            nothing_in_it = span.content == span.close
            self._edits.append(
                (span.content, span.content, xml + (self._line_before(parent) if nothing_in_it else b""))
            )

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
        start = end = self._span(element).start
        while start and self._document[start - 1] in _SPACE:
            start -= 1
        return self._document[start:end]

    def _opened(self, span: Span) -> bytes:
        return self._document[span.start : span.content].removesuffix(b"/>").rstrip(_SPACE) + b">"

    def _end_tag(self, span: Span) -> bytes:
        return b"</%s>" % _name_of(self._document[span.start : span.content])

    def _span(self, element: etree._Element) -> Span:
        return self._spans[self._numbers[element]]


def qualified(parent: etree._Element, namespace: str, name: str) -> tuple[str, str]:
    """How a child of this namespace is called under `parent`, and the declaration that it needs, if any."""
    for prefix, uri in sorted(parent.nsmap.items(), key=lambda item: item[0] or ""):
        if uri == namespace:
            return (f"{prefix}:{name}" if prefix else name), ""
    return name, f" xmlns={quoteattr(namespace)}"


def character_data(text: str) -> str:
    """Text as content of an element; a bare carriage return would be read as a line feed."""
    return escape(text, {"\r": "&#13;"})


def _name_of(tag: bytes) -> bytes:
    found = _NAME.match(tag)
    return found[1] if found else b""

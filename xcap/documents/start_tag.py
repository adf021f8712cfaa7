"""Attributes as they are written in the start tag of an element."""

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from lxml import etree

from xcap.documents.source import Source
from xcap.namespaces import XML_NS
from xcap.selectors.node import ExpandedName

_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")


class Written(NamedTuple):
    """Offsets in the document: the attribute with the white space before it, and its value with quotes."""

    name: str
    start: int
    end: int
    value: int


def find(source: Source, element: etree._Element, name: ExpandedName) -> Written | None:
    """The attribute of this name, None if the element has none."""
    # A namespace declaration looks like an attribute and is none (RFC 4825 section 6.3).
    wanted = _names(element, name) - {"xmlns"}
    return next((written for written in attributes(source, element) if written.name in wanted), None)


def put(source: Source, element: etree._Element, name: ExpandedName, value: bytes) -> tuple[int, int, bytes]:
    """The splice that gives an attribute this value, quotes included; a new one goes behind the last."""
    if written := find(source, element, name):
        return written.value, written.end, value
    end = max((each.end for each in attributes(source, element)), default=source.name_end(element))
    return end, end, _new(element, name, value)


def attributes(source: Source, element: etree._Element) -> Iterator[Written]:
    """What stands in the start tag, namespace declarations too."""
    position = source.name_end(element)
    end = source.span(element).content
    while attribute := _ATTRIBUTE.match(source.bytes, position, end):
        position = attribute.end()
        yield Written(attribute[1].decode(), attribute.start(), attribute.end(), attribute.start(2))


def _new(element: etree._Element, name: ExpandedName, value: bytes) -> bytes:
    """An attribute to be written, with the declaration of its prefix if the document has none for it."""
    if names := _names(element, name):
        return b" %b=%b" % (min(names).encode(), value)
    prefix = next(prefix for number in count(1) if (prefix := f"ns{number}") not in element.nsmap)
    declaration = f" xmlns:{prefix}={quoteattr(name.namespace or '')} {prefix}:{name.local}="
    return declaration.encode() + value


def _names(element: etree._Element, name: ExpandedName) -> set[str]:
    """How the attribute can be called in this element; the default namespace is none of attributes."""
    if not name.namespace:
        return {str(name.local)}
    bindings = {**element.nsmap, "xml": XML_NS}
    return {f"{prefix}:{name.local}" for prefix, uri in bindings.items() if prefix and uri == name.namespace}

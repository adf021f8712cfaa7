"""GET of a part of a document (RFC 4825 section 8.3)."""

from xml.sax.saxutils import quoteattr

from lxml import etree

from xcap.components.resource import stored
from xcap.documents.source import Source
from xcap.documents.start_tag import find
from xcap.selectors import NodeSelector, NoMatch, select
from xcap.selectors.node import ExpandedName


def read(document: bytes, selector: NodeSelector, *, quoted: bool = False) -> bytes:
    """What is selected, as it stands in the document; attribute values without their quotes unless
    `quoted`. Raises NoMatch.

    An element comes without the declarations that it inherits: section 8.3 forbids to add them.
    """
    source = stored(document)
    element = select(source.root, selector)
    if selector.namespaces:
        return _bindings(element)
    if selector.attribute:
        return _value(source, element, selector.attribute, quoted)
    return source.element(element)


def _value(source: Source, element: etree._Element, name: ExpandedName, quoted: bool) -> bytes:
    written = find(source, element, name)
    if written is None:
        raise NoMatch("the element has no such attribute")
    value = source.bytes[written.value : written.end]
    return value if quoted else value[1:-1]


def _bindings(element: etree._Element) -> bytes:
    """An empty element of the same name with all namespaces in scope (section 10)."""
    name = etree.QName(element).localname
    if element.prefix:
        name = f"{element.prefix}:{name}"
    scope = sorted((prefix or "", uri) for prefix, uri in element.nsmap.items() if uri)
    declarations = "".join(f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}" for prefix, uri in scope)
    return f"<{name}{declarations}/>".encode()

"""Elements of one document in another one, byte for byte but for the namespaces that they inherit."""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from lxml import etree

from xcap.documents.source import Source
from xcap.documents.start_tag import attributes


def embedded(source: Source, element: etree._Element, scope: Mapping[str | None, str]) -> bytes:
    """An element as it stands, with the declarations that it inherits and that are not in `scope`:
    the namespaces by prefix, where it is going to stand."""
    span, end = source.span(element), source.name_end(element)
    declarations = "".join(_missing(source, element, scope))
    return source.bytes[span.start : end] + declarations.encode() + source.bytes[end : span.end]


def _missing(source: Source, element: etree._Element, scope: Mapping[str | None, str]) -> Iterator[str]:
    declared = {written.name for written in attributes(source, element)}
    inherited: dict[str | None, str] = {None: "", **element.nsmap}
    for prefix, namespace in inherited.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        if name not in declared and scope.get(prefix, "") != namespace:
            yield f" {name}={quoteattr(namespace)}"

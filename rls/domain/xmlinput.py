"""XML documents that come from outside."""

import re
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.\-]*):[A-Za-z_][\w.\-]*[\s=/>]")

MAX_DEPTH: Final = 64
_too_deep = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


class MalformedXml(ValueError):
    """Not well-formed, or something we do not take: a DOCTYPE, too deep nesting."""


def parse(document: bytes, *, whole: bool = False) -> etree._Element:
    """The root element; `whole` with comments and processing instructions. Raises MalformedXml."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not whole,
        remove_pis=not whole,
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedXml(str(error)) from error
    if parser.error_log.filter_domains(etree.ErrorDomains.NAMESPACE).filter_from_errors():
        raise MalformedXml("a name with two colons, or a prefix that is not declared")  # lxml misses some
    if root.getroottree().docinfo.doctype:
        raise MalformedXml("a document with a DOCTYPE is not accepted")
    if _too_deep(root):
        raise MalformedXml(f"elements nested more than {MAX_DEPTH} deep")
    return root


def parse_fragment(document: bytes, namespace: str) -> etree._Element:
    """The root element of a document or of an element cut out of one without the declarations it
    inherited (RFC 4825 section 8.3): what has no namespace, or an undeclared prefix, is in `namespace`.

    Raises MalformedXml.
    """
    try:
        return parse(document)
    except MalformedXml:
        prefixes = set(_PREFIX.findall(document)) - {b"xml", b"xmlns"}
        if not prefixes:
            raise
    declared = " ".join(f"xmlns:{prefix.decode()}={quoteattr(namespace)}" for prefix in sorted(prefixes))
    inner = _DECLARATION.sub(b"", document, count=1)
    outer = parse(f"<fragment {declared}>".encode() + inner + b"</fragment>")
    if len(outer) != 1:
        raise MalformedXml("not one element")
    return outer[0]

"""XML documents that come from outside."""

from typing import Final

from lxml import etree

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
    if root.getroottree().docinfo.doctype:
        raise MalformedXml("a document with a DOCTYPE is not accepted")
    if _too_deep(root):
        raise MalformedXml(f"elements nested more than {MAX_DEPTH} deep")
    return root

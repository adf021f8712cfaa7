"""XML text of nodes, so that it means the same inside of another document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax import saxutils

from lxml import etree

_NAME = re.compile(r"<[^\s/>]+")
_DECLARES_DEFAULT = re.compile(r'<[^\s/>]+(?: [^\s=]+="[^"]*")*? xmlns="').match


def node_text(node: etree._Element, *, with_tail: bool) -> str:
    """A node with all namespace bindings in force there, for a document with another default namespace."""
    text = etree.tostring(node, encoding="unicode", with_tail=with_tail)
    if isinstance(node.tag, str) and not node.nsmap.get(None) and not _DECLARES_DEFAULT(text):
        return _NAME.sub(r'\g<0> xmlns=""', text, count=1)
    return text


def escape(text: str) -> str:
    """Character data; a carriage return would not outlive a parser."""
    return saxutils.escape(text, {"\r": "&#13;"})


def element(name: str, attributes: Iterable[tuple[str, str | None]], content: str = "") -> str:
    """`content` is markup; attributes that are None are left out."""
    given = "".join(f" {key}={saxutils.quoteattr(value)}" for key, value in attributes if value is not None)
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"

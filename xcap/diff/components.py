"""Elements and attributes that are watched by themselves (RFC 5874 section 3)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from lxml import etree

from rls.domain import xmlinput
from xcap.diff.markup import element, escape
from xcap.documents.embedding import embedded
from xcap.documents.source import Source
from xcap.namespaces import XCAP_DIFF_NS
from xcap.selectors import NodeSelector, NoMatch, select


@dataclass(frozen=True, slots=True)
class Component:
    """`content` is markup, None if the component does not exist."""

    kind: str
    content: str | None

    @property
    def mark(self) -> str | None:
        """Tells contents apart."""
        return self.content and hashlib.sha256(self.content.encode()).hexdigest()

    def markup(self, sel: str) -> str:
        if self.content is None:
            return element(self.kind, (("sel", sel), ("exists", "false")))
        return element(self.kind, (("sel", sel),), self.content)

    def brief(self, sel: str) -> str:
        """Without the content, which the client fetches."""
        return self.markup(sel) if self.content is None else element(self.kind, (("sel", sel),))


def component(body: bytes | None, selector: NodeSelector) -> Component:
    """What a node selector finds in a document, None: in one that does not exist."""
    kind = "element" if selector.names_element else "attribute"
    try:
        source = Source(body or b"")
        found = select(source.root, selector)
    except (NoMatch, xmlinput.MalformedXml):
        return Component(kind, None)
    return Component(kind, _content(source, found, selector))


def _content(source: Source, found: etree._Element, selector: NodeSelector) -> str | None:
    if selector.attribute is None:
        return embedded(source, found, {None: XCAP_DIFF_NS}).decode()
    value = found.get(str(selector.attribute))
    return None if value is None else escape(value)

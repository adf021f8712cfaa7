"""Where a new element goes: a matter of the request URI and the document only (RFC 4825 section 8.2.3)."""

from typing import NamedTuple

from lxml import etree

from xcap.components.source import Source
from xcap.errors import Conflict
from xcap.selectors.node import Step, child_elements


class Place(NamedTuple):
    """Bytes `start` to `end` give way to the new element between `before` and `behind`."""

    start: int
    end: int
    before: bytes = b""
    behind: bytes = b""


def place(source: Source, parent: etree._Element, step: Step) -> Place:
    """Where a child goes that the last step of a selector is to find. Raises Conflict (cannot-insert)."""
    siblings = step.named(child_elements(parent))
    match step.position:
        case None if siblings and step.name.local is not None:
            return _at(source.span(siblings[-1]).end)  # "earliest last"
        case 1 if siblings:
            return _at(source.span(siblings[0]).start)
        case None | 1:
            return _last(source, parent)
        case position if 1 < position <= len(siblings) + 1:
            return _at(source.span(siblings[position - 2]).end)
    raise Conflict(
        "cannot-insert", f"position {step.position} cannot be filled: there are {len(siblings)} siblings"
    )


def _at(offset: int) -> Place:
    return Place(offset, offset)


def _last(source: Source, parent: etree._Element) -> Place:
    """Directly before the end tag, which an empty tag does not have yet."""
    span = source.span(parent)
    if not span.is_empty_tag:
        return _at(span.close)
    name = source.bytes[span.start : span.content].split(None, 1)[0].lstrip(b"<").removesuffix(b"/>")
    return Place(span.content - len(b"/>"), span.content, b">", b"</%s>" % name)

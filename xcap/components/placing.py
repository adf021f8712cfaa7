"""Where a new element goes: a matter of the request URI and the document only (RFC 4825 section 8.2.3)."""

from lxml import etree

from xcap.documents.source import Gap, Source
from xcap.errors import Conflict
from xcap.selectors.node import Step, child_elements


def place(source: Source, parent: etree._Element, step: Step) -> Gap:
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


def _at(offset: int) -> Gap:
    return Gap(offset, offset)


def _last(source: Source, parent: etree._Element) -> Gap:
    """Directly before the end tag, which an empty tag does not have yet."""
    span = source.span(parent)
    return source.content(parent) if span.is_empty_tag else _at(span.close)

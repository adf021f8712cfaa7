"""PUT and DELETE of an element or an attribute: a splice, and the proof that it did what was asked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from rls.domain import xmlinput
from xcap.components.bodies import attribute_value, one_element
from xcap.components.placing import place
from xcap.components.resource import Resource, stored
from xcap.documents import start_tag
from xcap.documents.source import Source, ordinals
from xcap.errors import Conflict, ErrorElement
from xcap.selectors import NodeSelector, NoMatch, select


@dataclass(frozen=True, slots=True)
class Edited:
    """A document after an edit; its tree has not been validated. `created`: there was no such part."""

    body: bytes
    tree: etree._Element
    created: bool = False


def put(resource: Resource, document: bytes | None, body: bytes) -> Edited:
    """Insert or replace. Raises Conflict: no-parent, a bad body, or cannot-insert when the request URI
    would not select what was put (RFC 4825 sections 8.2.1 to 8.2.4)."""
    source = resource.source(document)
    edit = _put_attribute if resource.selector.attribute else _put_element
    return edit(resource, source, body)


def delete(resource: Resource, document: bytes | None) -> Edited:
    """Raises NoMatch; Conflict (cannot-delete) when the same URI would select another one then."""
    source, selector = stored(document), resource.selector
    element = select(source.root, selector)
    start, end = _attribute(source, element, selector) if selector.attribute else _element(source, element)
    edited = _parsed(source.spliced(start, end, b""), "schema-validation-error")
    if _finds(edited.tree, selector):
        raise Conflict("cannot-delete", "the same URI would select another one afterwards")
    return edited


def _put_element(resource: Resource, source: Source, body: bytes) -> Edited:
    selector = resource.selector
    try:
        element = select(source.root, selector)
    except NoMatch:
        return _insert(resource, source, body)
    span, xml = source.span(element), one_element(body)
    edited = _parsed(source.spliced(span.start, span.end, xml), "not-xml-frag")
    return _proved(edited, selector, source.ordinals[element])


def _insert(resource: Resource, source: Source, body: bytes) -> Edited:
    *above, last = resource.selector.steps
    if not above:
        raise Conflict(
            "cannot-insert", "the URI does not name the root element, and there can be no second one"
        )
    parent = resource.parent(source, above)
    xml = one_element(body)
    gap = place(source, parent, last)
    edited = _parsed(source.spliced(gap.start, gap.end, gap.filled(xml)), "not-xml-frag")
    return _proved(replace(edited, created=True), resource.selector, source.elements_before(gap.start))


def _put_attribute(resource: Resource, source: Source, body: bytes) -> Edited:
    selector, name = resource.selector, resource.selector.attribute
    assert name is not None
    if str(name) == "xmlns":
        raise Conflict("cannot-insert", "a namespace declaration is no attribute")
    element = resource.parent(source, selector.steps)
    splice = start_tag.put(source, element, name, attribute_value(body))
    edited = _parsed(source.spliced(*splice), "not-xml-att-value")
    created = start_tag.find(source, element, name) is None
    return _proved(replace(edited, created=created), selector, source.ordinals[element])


def _proved(edited: Edited, selector: NodeSelector, number: int) -> Edited:
    """GET of what was PUT gives it back: the URI selects the element of this number."""
    try:
        found = select(edited.tree, selector)
    except NoMatch as error:
        raise Conflict("cannot-insert", f"the URI would not select what was put: {error}") from error
    if ordinals(edited.tree)[found] != number or not _finds(edited.tree, selector):
        raise Conflict("cannot-insert", "the URI would select something else than what was put")
    return edited


def _finds(tree: etree._Element, selector: NodeSelector) -> bool:
    try:
        element = select(tree, selector)
    except NoMatch:
        return False
    return selector.attribute is None or element.get(str(selector.attribute)) is not None


def _element(source: Source, element: etree._Element) -> tuple[int, int]:
    if element is source.root:
        raise Conflict(
            "schema-validation-error", "a document has to have a root element; delete the document"
        )
    span = source.span(element)
    return span.start, span.end


def _attribute(source: Source, element: etree._Element, selector: NodeSelector) -> tuple[int, int]:
    assert selector.attribute is not None
    written = start_tag.find(source, element, selector.attribute)
    if written is None:
        raise NoMatch("the element has no such attribute")
    return written.start, written.end


def _parsed(body: bytes, error: ErrorElement) -> Edited:
    try:
        return Edited(body, xmlinput.parse(body))
    except xmlinput.MalformedXml as malformed:
        raise Conflict(error, f"the document would be malformed: {malformed}") from malformed


Edit = Callable[[bytes | None], Edited]
"""Makes of a document (None: there is none) what it is to be."""

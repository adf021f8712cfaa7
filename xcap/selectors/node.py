"""Node selectors: which element, attribute or namespace bindings of a document (RFC 4825 section 6.3)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from xcap.selectors.document import InvalidSelector

_NAME: Final = r"[^\W\d][\w.\-·]*"
_QNAME: Final = rf"(?:{_NAME}:)?{_NAME}"
# The value is taken as a whole: it may hold "/", "[" and "~~".
_STEP = re.compile(
    rf"""(?P<name>{_QNAME}|\*)
    (?:\[(?P<position>[0-9]{{1,9}})\])?
    (?:\[@(?P<attribute>{_QNAME})=(?P<value>"[^"<]*"|'[^'<]*')\])?
    (?=/|\Z)""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(rf"@({_QNAME})\Z")
_NAMESPACES = re.compile(r"namespace::\*\Z")
# Well-formed, but not of RFC 4825: an extension selector, which is 404 and not 400.
_EXTENSION = re.compile(r"""[^/\[\]"']+(?:\[(?:[^\[\]"']|"[^"]*"|'[^']*')+\])*(?=/|\Z)""")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(quot|apos|amp|lt|gt));|&")
_ENTITIES = {"quot": '"', "apos": "'", "amp": "&", "lt": "<", "gt": ">"}


class NoMatch(LookupError):
    """The selector finds nothing in this document, or more than one element."""


@dataclass(frozen=True, slots=True)
class ExpandedName:
    """A name with its namespace; `local` None stands for `*`."""

    namespace: str | None
    local: str | None

    def matches(self, tag: str) -> bool:
        return self.local is None or tag == str(self)

    def __str__(self) -> str:
        return f"{{{self.namespace}}}{self.local}" if self.namespace else self.local or "*"


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: the name test, then the position, then the attribute test."""

    name: ExpandedName
    position: int | None = None
    attribute: tuple[ExpandedName, str] | None = None

    def named(self, elements: Iterable[etree._Element]) -> list[etree._Element]:
        """What passes the name test: position counts these."""
        return [element for element in elements if self.name.matches(str(element.tag))]

    def apply(self, elements: Iterable[etree._Element]) -> list[etree._Element]:
        left = self.named(elements)
        if self.position is not None:
            left = left[self.position - 1 : self.position] if self.position else []
        if self.attribute is not None:
            name, value = self.attribute
            left = [element for element in left if element.get(str(name)) == value]
        return left


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """Steps to an element and what is meant there: itself, one of its attributes, its namespaces."""

    steps: tuple[Step, ...]
    attribute: ExpandedName | None = None
    namespaces: bool = False

    @property
    def names_element(self) -> bool:
        return self.attribute is None and not self.namespaces


def parse_node_selector(
    text: str, *, default_namespace: str, bindings: Mapping[str, str] | None = None
) -> NodeSelector:
    """Parse a decoded node selector. Names without prefix are in the application's default namespace.

    Raises InvalidSelector: status 400 for bad syntax or an unbound prefix, 404 for an unknown construct.
    """
    return _Parser(text, default_namespace, bindings or {}).parse()


def select(root: etree._Element, selector: NodeSelector) -> etree._Element:
    """The element that the steps lead to. Raises NoMatch, also when a step leaves several."""
    *_, element = descend(root, selector.steps)
    return element


def descend(root: etree._Element, steps: Iterable[Step]) -> Iterator[etree._Element]:
    """The element that each step leads to, from the root down. Raises NoMatch where a step fails."""
    candidates: Iterable[etree._Element] = [root]
    for step in steps:
        found = step.apply(candidates)
        if len(found) != 1:
            raise NoMatch("several elements match" if found else "no element matches")
        yield found[0]
        candidates = child_elements(found[0])


def child_elements(parent: etree._Element) -> Iterator[etree._Element]:
    """Children that can be selected: no comments or processing instructions."""
    return (child for child in parent if isinstance(child.tag, str))


class _Parser:
    def __init__(self, text: str, default_namespace: str, bindings: Mapping[str, str]) -> None:
        self._text = text
        self._default_namespace = default_namespace
        self._bindings = bindings

    def parse(self) -> NodeSelector:
        steps: list[Step] = []
        position = 0
        while True:
            if steps and (attribute := _ATTRIBUTE.match(self._text, position)):
                return NodeSelector(tuple(steps), attribute=self._name(attribute[1], None))
            if steps and _NAMESPACES.match(self._text, position):
                return NodeSelector(tuple(steps), namespaces=True)
            match = _STEP.match(self._text, position)
            if match is None:
                raise self._not_understood(position)
            steps.append(self._step(match))
            if match.end() == len(self._text):
                return NodeSelector(tuple(steps))
            position = match.end() + 1

    def _step(self, match: re.Match[str]) -> Step:
        attribute = match["attribute"]
        return Step(
            name=self._name(match["name"], self._default_namespace),
            position=None if match["position"] is None else int(match["position"]),
            attribute=(attribute and (self._name(attribute, None), _value(match["value"]))) or None,
        )

    def _name(self, qname: str, default_namespace: str | None) -> ExpandedName:
        if qname == "*":
            return ExpandedName(None, None)
        prefix, colon, local = qname.rpartition(":")
        if not colon:
            return ExpandedName(default_namespace, local)
        if prefix not in self._bindings:
            raise InvalidSelector(f"prefix {prefix!r} is not bound by xmlns() in the query", status=400)
        return ExpandedName(self._bindings[prefix], local)

    def _not_understood(self, position: int) -> InvalidSelector:
        rest = self._text[position:]
        if _EXTENSION.match(rest):
            return InvalidSelector(f"unknown kind of selector: {rest!r}")
        return InvalidSelector(f"not a node selector: {rest!r}", status=400)


def _value(quoted: str) -> str:
    return _REFERENCE.sub(_referent, quoted[1:-1])


def _referent(reference: re.Match[str]) -> str:
    hexadecimal, decimal, entity = reference.groups()
    if entity:
        return _ENTITIES[entity]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal or "-1")
    if not 0 < code < 0x110000:
        raise InvalidSelector(f"not a reference in an attribute value: {reference[0]!r}", status=400)
    return chr(code)

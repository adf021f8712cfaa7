"""Where a list is in the tree of its user, as one path segment of the REST API.

`friends` is the list of this name in the document `index`. In front of `~:` stands the name of another
document; `~.` leads down to a list within a list; `~pN` is the Nth list where names do not help;
`~0` and `~1` stand for `~` and `/`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote
from xml.sax.saxutils import escape

from lxml import etree

from xcap.namespaces import RESOURCE_LISTS_NS

LIST: Final = f"{{{RESOURCE_LISTS_NS}}}list"
INDEX: Final = "index"
_POSITION = re.compile(r"~p([1-9][0-9]{0,8})")
# Clients take dot segments away (RFC 3986 section 5.2.4).
_UNUSABLE = frozenset({"", ".", ".."})


class NoSuchList(LookupError):
    """The path leads to no list."""


@dataclass(frozen=True, slots=True)
class ListPath:
    """`steps` lead down from the root element: names, or positions from 1."""

    document: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NoSuchList."""
        document, separator, steps = text.rpartition("~:")
        return cls(_plain(document) if separator else INDEX, tuple(map(_step, steps.split("~."))))

    def __str__(self) -> str:
        document = "" if self.document == INDEX else f"{_escaped(self.document)}~:"
        return document + "~.".join(
            f"~p{step}" if isinstance(step, int) else _escaped(step) for step in self.steps
        )

    def locate(self, root: etree._Element) -> etree._Element:
        """The element of the list. Raises NoSuchList."""
        found = root
        for step in self.steps:
            children = list(found.iterchildren(LIST))
            if isinstance(step, int):
                matches = children[step - 1 : step]
            else:
                matches = [child for child in children if child.get("name") == step][:1]
            if not matches:
                raise NoSuchList(str(self))
            found = matches[0]
        return found

    def node_selector(self) -> str:
        """The XCAP node selector of the list, percent-encoded."""
        steps = (f"[{step}]" if isinstance(step, int) else f'[@name="{_value(step)}"]' for step in self.steps)
        return quote("/".join(["resource-lists", *(f"list{step}" for step in steps)]), safe="/@=")


def walk(
    root: etree._Element, document: str, above: tuple[str | int, ...] = ()
) -> Iterator[tuple[ListPath, etree._Element]]:
    """All lists of a resource-lists document with their paths, each before those in it."""
    children = list(root.iterchildren(LIST))
    names = Counter(child.get("name") for child in children)
    for position, element in enumerate(children, start=1):
        name = element.get("name")
        usable = name is not None and name not in _UNUSABLE and names[name] == 1
        steps = (*above, name if name is not None and usable else position)
        yield ListPath(document, steps), element
        yield from walk(element, document, steps)


def _step(text: str) -> str | int:
    position = _POSITION.fullmatch(text)
    return int(position[1]) if position else _plain(text)


def _plain(text: str) -> str:
    if not text or re.search("~(?![01])", text):
        raise NoSuchList(text)
    return text.replace("~1", "/").replace("~0", "~")


def _escaped(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1")


def _value(text: str) -> str:
    return escape(text, {'"': "&quot;"})

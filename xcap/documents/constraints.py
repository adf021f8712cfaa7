"""What an application usage may demand of a document beyond its schema (RFC 4825 section 5.4)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from xcap.errors import Exists
from xcap.selectors import Xui
from xcap.selectors.root import XcapRoot


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document is checked against besides itself.

    `taken` says which of some canonical service URIs other documents or subscribers have.
    """

    owner: Xui | None
    root: XcapRoot
    taken: Callable[[Sequence[str]], set[str]]


Uniqueness = Callable[[etree._Element, Surroundings], Iterator[Exists]]
"""Yields every value that clashes with another one."""

Constraint = Callable[[etree._Element, Surroundings], Iterator[str]]
"""Yields what is wrong, in words."""

"""The entries of a list, read and rearranged (RFC 4826 section 3.1)."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from rls.domain.uri import comparable_form
from xcap.documents.splice import Splices, character_data, qualified
from xcap.namespaces import RESOURCE_LISTS_NS

ENTRY: Final = f"{{{RESOURCE_LISTS_NS}}}entry"
DISPLAY_NAME: Final = f"{{{RESOURCE_LISTS_NS}}}display-name"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One `<entry>`: a resource and what it is called, "" if it has no name.

    `place` is where it stands among the entries of its list, from 0; None for one that is new or
    known by its URI alone.
    """

    uri: str
    display_name: str = ""
    place: int | None = field(default=None, compare=False)


def entries(parent: etree._Element) -> list[ListEntry]:
    """The entries right in a list that name a resource, in document order."""
    return [entry for entry in all_entries(parent) if entry.uri]


def all_entries(parent: etree._Element) -> list[ListEntry]:
    """With those that have no URI, which some clients write."""
    return [
        ListEntry(element.get("uri", ""), display_name(element), place)
        for place, element in enumerate(parent.iterchildren(ENTRY))
    ]


def under_canonical_uris(wanted: Iterable[ListEntry], known: Iterable[ListEntry] = ()) -> list[ListEntry]:
    """SIP URIs in the form in which they are compared as keys (RFC 4826 section 3.4.7); those that are
    known keep the form that they have, and of several that are the same the first one stays."""
    present = list(known)
    spelling = {comparable_form(entry.uri): entry.uri for entry in present}
    spelling |= {entry.uri: entry.uri for entry in present}
    result: dict[str, ListEntry] = {}
    for entry in wanted:
        form = comparable_form(entry.uri)
        uri = spelling.get(entry.uri) or spelling.get(form) or form
        result.setdefault(uri, replace(entry, uri=uri))
    return list(result.values())


Locate = Callable[[etree._Element], etree._Element]
"""Finds the list in the root element of its document."""


def with_entries(
    document: bytes, locate: Locate, wanted: Sequence[ListEntry], *, keep_nameless: bool = True
) -> bytes:
    """The document with these entries in the list; those without a URI stay besides, if `keep_nameless`.

    Entries that stay keep their bytes, with all that is in them, and if they keep their order, their
    place between other elements; only what differs is written. Raises what `locate` raises.
    """
    edit = Splices(document)
    elements = list(locate(edit.root).iterchildren(ENTRY))
    placed = list(zip(wanted, _places(elements, wanted), strict=True))
    staying = {place for place, element in enumerate(elements) if keep_nameless and not element.get("uri")}
    for write in (_set_uri, _set_name):
        elements = list(locate(edit.root).iterchildren(ENTRY))
        for entry, place in placed:
            if place is not None:
                write(edit, elements[place], entry)
        edit = edit.again()
    _arrange(edit, locate(edit.root), placed, staying)
    return edit.result()


def _places(elements: Sequence[etree._Element], wanted: Sequence[ListEntry]) -> list[int | None]:
    """Where each of the wanted entries stands, None for new ones: by its place, else by its URI."""
    free: set[int | None] = set(range(len(elements)))
    known: list[int | None] = []
    for entry in wanted:
        known.append(entry.place if entry.place in free else None)
        free.discard(entry.place)
    by_uri: dict[str, list[int]] = {}
    for number in reversed(range(len(elements))):
        if number in free:
            by_uri.setdefault(elements[number].get("uri", ""), []).append(number)
    return [
        by_uri[entry.uri].pop() if place is None and by_uri.get(entry.uri) else place
        for entry, place in zip(wanted, known, strict=True)
    ]


def _set_uri(edit: Splices, element: etree._Element, entry: ListEntry) -> None:
    if element.get("uri", "") != entry.uri:
        edit.set_attribute(element, "uri", entry.uri)


def _set_name(edit: Splices, element: etree._Element, entry: ListEntry) -> None:
    set_display_name(edit, element, entry.display_name)


def _arrange(
    edit: Splices, parent: etree._Element, wanted: Sequence[tuple[ListEntry, int | None]], staying: set[int]
) -> None:
    elements = list(parent.iterchildren(ENTRY))
    steady = _longest_increasing(place for _, place in wanted if place is not None)
    for number, element in enumerate(elements):
        if number not in steady | staying:
            edit.remove(element)
    after: etree._Element | None = parent.find(DISPLAY_NAME)
    for entry, place in wanted:
        if place is None:
            edit.insert(parent, entry_xml(parent, entry).encode(), after)
        elif place in steady:
            after = elements[place]
        else:
            edit.insert(parent, edit.source(elements[place]), after)


def set_display_name(edit: Splices, parent: etree._Element, name: str) -> None:
    """Name a list or an entry; "" takes the name away."""
    element = parent.find(DISPLAY_NAME)
    if _text(element) == name:
        return
    if element is None:
        edit.insert(parent, _display_name(parent, name).encode())
    elif name:
        edit.set_text(element, name)
    else:
        edit.remove(element)


def display_name(parent: etree._Element) -> str:
    return _text(parent.find(DISPLAY_NAME))


def entry_xml(parent: etree._Element, entry: ListEntry) -> str:
    """A new `<entry>` as a child of `parent`."""
    name, declaration = qualified(parent, RESOURCE_LISTS_NS, "entry")
    start = f"<{name}{declaration} uri={quoteattr(entry.uri)}"
    if not entry.display_name:
        return f"{start}/>"
    inner = name.removesuffix("entry") + "display-name"
    return f"{start}><{inner}>{character_data(entry.display_name)}</{inner}></{name}>"


def _display_name(parent: etree._Element, text: str) -> str:
    name, declaration = qualified(parent, RESOURCE_LISTS_NS, "display-name")
    return f"<{name}{declaration}>{character_data(text)}</{name}>"


def _text(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _longest_increasing(numbers: Iterable[int]) -> set[int]:
    """The most numbers that stand in increasing order already: what need not move."""
    tails: list[int] = []
    previous: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(tails, number)
        previous[number] = tails[length - 1] if length else None
        tails[length : length + 1] = [number]
    steady = set()
    last = tails[-1] if tails else None
    while last is not None:
        steady.add(last)
        last = previous[last]
    return steady

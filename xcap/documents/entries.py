"""The entries of a list, read and rearranged (RFC 4826 section 3.1)."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from rls.domain.uri import InvalidUri, SipUri
from xcap.documents.splice import Splices, character_data, qualified
from xcap.namespaces import RESOURCE_LISTS_NS

ENTRY: Final = f"{{{RESOURCE_LISTS_NS}}}entry"
DISPLAY_NAME: Final = f"{{{RESOURCE_LISTS_NS}}}display-name"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One `<entry>`: a resource and what it is called, "" if it has no name."""

    uri: str
    display_name: str = ""


def entries(parent: etree._Element) -> list[ListEntry]:
    """The entries right in a list, in document order."""
    return [_read(element) for element in parent.iterchildren(ENTRY)]


def under_canonical_uris(wanted: Iterable[ListEntry], known: Iterable[ListEntry] = ()) -> list[ListEntry]:
    """SIP URIs in the form in which they are compared as keys (RFC 4826 section 3.4.7); those that are
    known keep the form that they have, and of several that are the same the first one stays."""
    present = list(known)
    spelling = {_key(entry.uri): entry.uri for entry in present} | {entry.uri: entry.uri for entry in present}
    result: dict[str, ListEntry] = {}
    for entry in wanted:
        uri = spelling.get(entry.uri) or spelling.get(_key(entry.uri)) or _key(entry.uri)
        result.setdefault(uri, replace(entry, uri=uri))
    return list(result.values())


def _key(uri: str) -> str:
    try:
        return SipUri.parse(uri).canonical()
    except InvalidUri:
        return uri


Locate = Callable[[etree._Element], etree._Element]
"""Finds the list in the root element of its document."""


def with_entries(document: bytes, locate: Locate, wanted: Sequence[ListEntry]) -> bytes:
    """The document with these entries in the list. URIs differ from each other.

    Entries that stay keep their bytes, with all that is in them, and if they keep their order, their
    place between other elements; only what differs is written. Raises what `locate` raises.
    """
    edit = Splices(document)
    known = _by_uri(locate(edit.root))
    for entry in wanted:
        if entry.uri in known:
            set_display_name(edit, known[entry.uri], entry.display_name)
    edit = Splices(edit.result())
    _arrange(edit, locate(edit.root), wanted)
    return edit.result()


def _arrange(edit: Splices, parent: etree._Element, wanted: Sequence[ListEntry]) -> None:
    known = _by_uri(parent)
    places = {element: place for place, element in enumerate(parent)}
    steady = _longest_increasing(places[known[entry.uri]] for entry in wanted if entry.uri in known)
    for child in parent.iterchildren(ENTRY):
        if places[child] not in steady:
            edit.remove(child)
    after: etree._Element | None = parent.find(DISPLAY_NAME)
    for entry in wanted:
        element = known.get(entry.uri)
        if element is None:
            edit.insert(parent, entry_xml(parent, entry).encode(), after)
        elif places[element] in steady:
            after = element
        else:
            edit.insert(parent, edit.source(element), after)


def _by_uri(parent: etree._Element) -> dict[str, etree._Element]:
    known: dict[str, etree._Element] = {}
    for element in parent.iterchildren(ENTRY):
        known.setdefault(element.get("uri", ""), element)
    return known


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


def _read(element: etree._Element) -> ListEntry:
    return ListEntry(element.get("uri", ""), display_name(element))


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

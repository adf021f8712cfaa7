"""What people call a list: its name, with the names of the lists around it, or the URI of its service.

`friends`, `family/close`, `[2]` for the second list where there is no name, `sip:team@example.com`
for a list that stands in an rls-services document.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from lxml import etree

from xcap.documents.entries import Locate
from xcap.documents.rls_services import canonical
from xcap.documents.splice import Splices, qualified
from xcap.namespaces import RESOURCE_LISTS_NS, RLS_SERVICES_NS

_LIST: Final = f"{{{RESOURCE_LISTS_NS}}}list"
_SERVICE: Final = f"{{{RLS_SERVICES_NS}}}service"
_SERVICE_LIST: Final = f"{{{RLS_SERVICES_NS}}}list"
_RESOURCE_LIST: Final = f"{{{RLS_SERVICES_NS}}}resource-list"
_IS_SERVICE = re.compile("sips?:", re.IGNORECASE)
_SPECIAL = re.compile(r"[/%\[]|(?<=\Asip):|(?<=\Asips):", re.IGNORECASE)
_POSITION = re.compile(r"\[([1-9][0-9]{0,6})\]")


class NoSuchList(LookupError):
    """The document has no list of this name."""


def is_service(label: str) -> bool:
    """Whether the list is (or would be) in the rls-services document."""
    return _IS_SERVICE.match(label) is not None


def labelled(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """All lists of a resource-lists or rls-services document that people can edit, in document order."""
    for service in root.iterchildren(_SERVICE):
        element = service.find(_SERVICE_LIST)
        if element is not None:
            yield service.get("uri", ""), element
    if etree.QName(root).namespace == RESOURCE_LISTS_NS:
        yield from _below(root, "")


def _below(parent: etree._Element, path: str) -> Iterator[tuple[str, etree._Element]]:
    for position, element in enumerate(parent.iterchildren(_LIST), 1):
        name = element.get("name")
        label = path + (f"[{position}]" if not name else _SPECIAL.sub(_escape, name))
        yield label, element
        yield from _below(element, f"{label}/")


def _escape(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def locate(label: str) -> Locate:
    """Finds the list with this label. It raises NoSuchList."""

    def find(root: etree._Element) -> etree._Element:
        for known, element in labelled(root):
            if known == label or (is_service(label) and canonical(known) == canonical(label)):
                return element
        raise NoSuchList(_why_not(root, label))

    return find


def _why_not(root: etree._Element, label: str) -> str:
    for service in root.iterchildren(_SERVICE):
        pointer = service.findtext(_RESOURCE_LIST)
        if pointer and canonical(service.get("uri", "")) == canonical(label):
            return f"the list of {label} stands elsewhere: {pointer.strip()}; change it there"
    return f"there is no list {label!r}"


def with_list(document: bytes, label: str) -> bytes:
    """The document with a list of this label, and those around it; new ones at the end of their parent.

    Raises NoSuchList if it cannot be created: a position, or a service whose list stands elsewhere.
    """
    edit = Splices(document)
    try:
        locate(label)(edit.root)
        return document
    except NoSuchList as error:
        if is_service(label):
            if "elsewhere" in str(error):
                raise
            return _with_service(edit, label)
    above, _, name = label.rpartition("/")
    if not name or _POSITION.fullmatch(name):
        raise NoSuchList(f"there is no list {label!r}, and one without a name cannot be created")
    if above:
        document = with_list(document, above)
        edit = Splices(document)
    parent = locate(above)(edit.root) if above else edit.root
    tag, declaration = qualified(parent, RESOURCE_LISTS_NS, "list")
    _append(edit, parent, f"<{tag}{declaration} name={quoteattr(unquote(name))}/>")
    return edit.result()


def _with_service(edit: Splices, uri: str) -> bytes:
    tag, declaration = qualified(edit.root, RLS_SERVICES_NS, "service")
    inner = tag.removesuffix("service") + "list"
    _append(edit, edit.root, f"<{tag}{declaration} uri={quoteattr(uri)}><{inner}/></{tag}>")
    return edit.result()


def _append(edit: Splices, parent: etree._Element, xml: str) -> None:
    edit.insert(parent, xml.encode(), parent[-1] if len(parent) else None)

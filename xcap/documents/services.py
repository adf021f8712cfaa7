"""The services of an rls-services document, read and edited (RFC 4826 section 4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from xcap.documents import sharing
from xcap.documents.entries import ListEntry, entry_xml
from xcap.documents.rls_services import canonical
from xcap.documents.sharing import Sharing
from xcap.documents.splice import Splices, character_data, qualified
from xcap.namespaces import RLS_SERVICES_NS

SERVICE: Final = f"{{{RLS_SERVICES_NS}}}service"
RESOURCE_LIST: Final = f"{{{RLS_SERVICES_NS}}}resource-list"
INLINE_LIST: Final = f"{{{RLS_SERVICES_NS}}}list"
PACKAGES: Final = f"{{{RLS_SERVICES_NS}}}packages"
PACKAGE: Final = f"{{{RLS_SERVICES_NS}}}package"


class NoSuchService(LookupError):
    """The document has no service of this URI."""


@dataclass(frozen=True, slots=True)
class ListService:
    """One `<service>`: `resource_list` is where its list is, None if it holds the list itself.

    `packages` None allows every event package, `sharing` None leaves it to RLS_LIST_ACCESS who may subscribe.
    """

    uri: str
    resource_list: str | None
    packages: tuple[str, ...] | None
    sharing: Sharing | None = None


def services(root: etree._Element) -> Iterator[etree._Element]:
    return root.iterchildren(SERVICE)


def read(service: etree._Element) -> ListService:
    reference, packages = service.find(RESOURCE_LIST), service.find(PACKAGES)
    return ListService(
        uri=service.get("uri", ""),
        resource_list=None if reference is None else (reference.text or "").strip(),
        packages=None if packages is None else tuple(map(_text, packages.iterchildren(PACKAGE))),
        sharing=sharing.read(service),
    )


def locate(root: etree._Element, uri: str) -> etree._Element:
    """The service of this URI, in whatever equal form. Raises NoSuchService."""
    wanted = canonical(uri)
    for service in services(root):
        if wanted is not None and canonical(service.get("uri", "")) == wanted:
            return service
    raise NoSuchService(uri)


def inline_list(root: etree._Element, uri: str) -> etree._Element:
    """The list within a service. Raises NoSuchService, also for a service that points to its list."""
    found = locate(root, uri).find(INLINE_LIST)
    if found is None:
        raise NoSuchService(uri)
    return found


def add(edit: Splices, service: ListService, entries: Sequence[ListEntry] = ()) -> None:
    """A new service at the end, with its list inside if it points to none."""
    known = list(services(edit.root))
    edit.insert(edit.root, _service(edit.root, service, entries).encode(), known[-1] if known else None)


def change(edit: Splices, element: etree._Element, wanted: ListService) -> None:
    """Bring a service in line; a list inside stays unless it shall point to one."""
    known = read(element)
    if wanted.uri != known.uri:
        edit.set_attribute(element, "uri", wanted.uri)
    if wanted.resource_list is not None and wanted.resource_list != known.resource_list:
        _point(edit, element, wanted.resource_list)
    if wanted.packages != known.packages:
        _set_packages(edit, element, wanted.packages)
    if wanted.sharing != known.sharing:
        sharing.write(edit, element, wanted.sharing)


def _point(edit: Splices, element: etree._Element, to: str) -> None:
    reference, inside = element.find(RESOURCE_LIST), element.find(INLINE_LIST)
    if reference is not None:
        edit.set_text(reference, to)
    elif inside is not None:
        edit.replace(inside, _element(element, "resource-list", to).encode())


def _set_packages(edit: Splices, element: etree._Element, packages: Sequence[str] | None) -> None:
    known = element.find(PACKAGES)
    if known is not None:
        edit.remove(known)
    if packages is not None:
        lists = [child for child in element if child.tag in (RESOURCE_LIST, INLINE_LIST)]
        edit.insert(element, _packages(element, packages).encode(), lists[0] if lists else None)


def _service(root: etree._Element, service: ListService, entries: Sequence[ListEntry]) -> str:
    name, declaration = qualified(root, RLS_SERVICES_NS, "service")
    content = (
        _inline(root, entries)
        if service.resource_list is None
        else _element(root, "resource-list", service.resource_list)
    )
    children = [content]
    if service.packages is not None:
        children.append(_packages(root, service.packages))
    if service.sharing is not None:
        children.append(sharing.xml(root, service.sharing))
    inner = "".join(f"\n    {child}" for child in children)
    return f"<{name}{declaration} uri={quoteattr(service.uri)}>{inner}\n  </{name}>"


def _inline(root: etree._Element, entries: Sequence[ListEntry]) -> str:
    name, _ = qualified(root, RLS_SERVICES_NS, "list")
    rows = "".join(f"\n      {entry_xml(root, entry)}" for entry in entries)
    return f"<{name}>{rows}\n    </{name}>"


def _packages(parent: etree._Element, packages: Sequence[str]) -> str:
    name, _ = qualified(parent, RLS_SERVICES_NS, "packages")
    return f"<{name}>{''.join(_element(parent, 'package', package) for package in packages)}</{name}>"


def _element(parent: etree._Element, name: str, text: str) -> str:
    qname, _ = qualified(parent, RLS_SERVICES_NS, name)
    return f"<{qname}>{character_data(text)}</{qname}>"


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()

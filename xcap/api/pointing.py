"""Services that point to a list follow when it is renamed, and end when it is deleted."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from lxml import etree
from rest_framework.request import Request

from rls.api.principals import author_of
from rls.domain import xmlinput
from xcap import store
from xcap.documents import empty, services
from xcap.documents.list_path import INDEX, LIST, ListPath, NoSuchList
from xcap.documents.splice import Splices
from xcap.selectors import DocumentSelector, InvalidSelector, Xui, parse_node_selector
from xcap.selectors.bindings import parse_bindings
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES

Pointers = dict[str, ListPath]
"""Service URI -> the list that it stands for."""


def selector_of(owner: Xui) -> DocumentSelector:
    """The one document of a user whose services are served (RFC 4826 section 4.4.7)."""
    return DocumentSelector(RLS_SERVICES.auid, owner, INDEX)


def url(request: Request, owner: Xui, path: ListPath) -> str:
    """The URI of a list for `<resource-list>`."""
    document = DocumentSelector(RESOURCE_LISTS.auid, owner, path.document)
    target = f"/xcap-root/{document.home()}{quote(path.document)}/~~/{path.node_selector()}"
    return f"{request.scheme}://{request.get_host()}{target}"


def path_of(resource_list: str, owner: Xui) -> ListPath | None:
    """Which of the owner's lists a `<resource-list>` names, None for anything else."""
    try:
        target = store.root().absolute(resource_list)
        node = parse_node_selector(
            target.node or "",
            default_namespace=RESOURCE_LISTS.namespace,
            bindings=parse_bindings(target.query),
        )
    except InvalidSelector:
        return None
    document, (_, *steps) = target.document, node.steps
    if document.auid != RESOURCE_LISTS.auid or document.owner != owner or not steps or not node.names_element:
        return None
    if any(str(step.name) != LIST for step in steps):
        return None
    ways = (step.attribute[1] if step.attribute else step.position or 1 for step in steps)
    return ListPath(document.path, tuple(ways))


def pointing(owner: Xui, path: ListPath) -> Pointers:
    """The services that stand for a list, or for one within it."""
    document = store.find(RESOURCE_LISTS, DocumentSelector(RESOURCE_LISTS.auid, owner, path.document))
    index = store.find(RLS_SERVICES, selector_of(owner))
    if document is None or index is None:
        return {}
    root = xmlinput.parse(bytes(document.doc))
    inside = set(path.locate(root).iter(LIST))
    return {
        service.uri: to
        for service in map(services.read, services.services(xmlinput.parse(bytes(index.doc))))
        if service.resource_list
        and (to := path_of(service.resource_list, owner))
        and to.document == path.document
        and _found(root, to) in inside
    }


def follow(owner: Xui, pointers: Pointers, before: ListPath, after: ListPath, request: Request) -> None:
    """Let services point to where their lists are now."""

    def rewrite(body: bytes | None) -> bytes:
        edit = Splices(body or empty.SERVICES)
        for uri, path in pointers.items():
            to = ListPath(after.document, (*after.steps, *path.steps[len(before.steps) :]))
            element = services.locate(edit.root, uri)
            known = services.read(element)
            services.change(edit, element, replace(known, resource_list=url(request, owner, to)))
        return edit.result()

    if pointers:
        store.edit(RLS_SERVICES, selector_of(owner), rewrite, author=author_of(request))


def end(owner: Xui, pointers: Pointers, request: Request) -> None:
    """Remove services, whose lists are gone."""

    def rewrite(body: bytes | None) -> bytes:
        edit = Splices(body or empty.SERVICES)
        for uri in pointers:
            edit.remove(services.locate(edit.root, uri))
        return edit.result()

    if pointers:
        store.edit(RLS_SERVICES, selector_of(owner), rewrite, author=author_of(request))


def _found(root: etree._Element, path: ListPath) -> etree._Element | None:
    try:
        return path.locate(root)
    except NoSuchList:
        return None

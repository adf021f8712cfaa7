"""Lists of resources: the `<list>` elements of resource-lists documents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from lxml import etree
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from rls.api import problems
from rls.api.paging import KeysetPages
from rls.domain import xmlinput
from xcap.api import pointing
from xcap.api.serializers import ListChangeSerializer, ListSerializer, NewListSerializer
from xcap.api.view import ME, DocumentView
from xcap.documents import empty
from xcap.documents.entries import (
    ListEntry,
    entries,
    entry_xml,
    set_display_name,
    under_canonical_uris,
)
from xcap.documents.entries import display_name as name_of
from xcap.documents.list_path import LIST, ListPath, walk
from xcap.documents.splice import Splices, character_data, qualified
from xcap.models import Document
from xcap.namespaces import RESOURCE_LISTS_NS
from xcap.selectors import Xui
from xcap.usages import RESOURCE_LISTS

OWNER = OpenApiParameter("owner", str, OpenApiParameter.PATH, description="user@domain, or `me`")
LIST_ID = OpenApiParameter("list", str, OpenApiParameter.PATH, description="`id` of the list")
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that was read, or `*`. Without it: 428; if it no longer holds: 412.",
)
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="Entity tag of the XCAP document."
)
NOTHING = {204: None}


def shown(element: etree._Element, path: ListPath, owner: Xui) -> dict[str, Any]:
    """A list as JSON."""
    children = [child.tag for child in element]
    within = list(walk(element, path.document, path.steps))
    return {
        "id": str(path),
        "owner": f"{owner.username}@{owner.domain}",
        "document": path.document,
        "name": element.get("name"),
        "display_name": name_of(element),
        "entries": [entry_json(entry) for entry in entries(element)],
        "lists": [str(below) for below, _ in within if len(below.steps) == len(path.steps) + 1],
        "references": sum(
            children.count(f"{{{RESOURCE_LISTS_NS}}}{kind}") for kind in ("entry-ref", "external")
        ),
    }


def entry_json(entry: ListEntry) -> dict[str, str]:
    return {"uri": entry.uri, "display_name": entry.display_name}


class ListPages(KeysetPages):
    """Pages of lists, of which a document has any number: the key is its row and the place in it.

    One query reads as many documents as there are lists on a page; a page may be shorter than asked for.
    """

    def page(self, documents: QuerySet[Document], request: Request) -> list[dict[str, Any]]:
        self.start(request)
        number, place = self.after >> _PLACES, self.after & (1 << _PLACES) - 1
        rows = list(documents.filter(pk__gte=number).order_by("pk")[: self.limit + 1])
        found = [
            (each, document.pk << _PLACES | at)
            for document in rows[: self.limit]
            for at, each in enumerate(_lists(document), start=1)
            if (document.pk, at) > (number, place)
        ]
        if len(found) > self.limit:
            self.follow(found[self.limit - 1][1])
        else:
            self.follow(rows[self.limit].pk << _PLACES if len(rows) > self.limit else None)
        return [each for each, _ in found[: self.limit]]


_PLACES: Final = 20
"""Bits for the place of a list in its document: a document of some megabytes has no more lists."""


def _lists(document: Document) -> Iterator[dict[str, Any]]:
    try:
        root = xmlinput.parse(bytes(document.doc))
    except xmlinput.MalformedXml:
        return  # the integrity of documents is looked after elsewhere
    owner = Xui(document.username, document.domain)
    for path, element in walk(root, document.doc_uri):
        yield shown(element, path, owner)


class Lists(DocumentView):
    """The lists of a user, or of all users."""

    pagination_class = ListPages

    @extend_schema(
        parameters=[
            OpenApiParameter("owner", str, description="Lists of this user only: user@domain, or `me`."),
            OpenApiParameter("document", str, description="Lists in XCAP documents of this name only."),
        ],
        responses=ListSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Lists, also those within lists, each with its entries."""
        stored = Document.objects.filter(doc_type=RESOURCE_LISTS.doc_type)
        rows = self.of_asked_owner(stored.exclude(username="", domain=""))
        if document := request.query_params.get("document"):
            rows = rows.filter(doc_uri=document) if document.isprintable() else rows.none()
        pages = ListPages()
        return pages.get_paginated_response(pages.page(rows, request))

    @extend_schema(request=NewListSerializer, responses={201: ListSerializer}, parameters=[ETAG])
    def post(self, request: Request) -> Response:
        """Make a list. 409 if the user has one of this name."""
        new = NewListSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        values = new.validated_data
        owner = self.owner(values.get("owner", ME))
        path = ListPath(values["document"], (values["name"],))
        document = self.write(
            RESOURCE_LISTS, owner, path.document, lambda body: _added(body or empty.LISTS, values)
        )
        response = self.answer(document, shown(path.locate(_root(document)), path, owner), 201)
        response["Location"] = reverse("api-list", args=[str(owner)[4:], str(path)], request=request)
        return response


class ListDetail(DocumentView):
    """One list."""

    @extend_schema(parameters=[OWNER, LIST_ID, ETAG], responses=ListSerializer)
    def get(self, request: Request, owner: str, list: str) -> Response:
        """A list with its entries."""
        return self.list(self.owner(owner), ListPath.parse(list))

    @extend_schema(
        parameters=[OWNER, LIST_ID, IF_MATCH, ETAG], request=ListChangeSerializer, responses=ListSerializer
    )
    def patch(self, request: Request, owner: str, list: str) -> Response:
        """Rename a list. Services that share it follow; its `id` changes with `name`."""
        change = ListChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        xui, path = self.owner(owner), ListPath.parse(list)
        with transaction.atomic():
            shared = pointing.pointing(xui, path)
            document = self.write(
                RESOURCE_LISTS, xui, path.document, lambda body: _changed(body, path, change.validated_data)
            )
            after = _after(path, change.validated_data)
            pointing.follow(xui, shared, path, after, request)
        return self.answer(document, shown(after.locate(_root(document)), after, xui))

    @extend_schema(parameters=[OWNER, LIST_ID], request=None, responses=NOTHING)
    def delete(self, request: Request, owner: str, list: str) -> Response:
        """Delete a list, and the services that share it: their subscriptions end."""
        xui, path = self.owner(owner), ListPath.parse(list)
        with transaction.atomic():
            pointing.end(xui, pointing.pointing(xui, path), request)
            self.write(RESOURCE_LISTS, xui, path.document, lambda body: _removed(body, path))
        return Response(status=204)

    def list(self, owner: Xui, path: ListPath) -> Response:
        document = self.stored(RESOURCE_LISTS, owner, path.document)
        return self.answer(document, shown(path.locate(_root(document)), path, owner))


def _root(document: Document) -> etree._Element:
    return xmlinput.parse(bytes(document.doc))


def _added(body: bytes, values: dict[str, Any]) -> bytes:
    edit = Splices(body)
    known = list(edit.root.iterchildren(LIST))
    if any(each.get("name") == values["name"] for each in known):
        raise problems.Conflicting(f"There is a list {values['name']!r} already.", "list-exists")
    edit.insert(edit.root, _list_xml(edit.root, values).encode(), known[-1] if known else None)
    return edit.result()


def _list_xml(root: etree._Element, values: dict[str, Any]) -> str:
    name, declaration = qualified(root, RESOURCE_LISTS_NS, "list")
    display, _ = qualified(root, RESOURCE_LISTS_NS, "display-name")
    text = values["display_name"]
    rows = [f"<{display}>{character_data(text)}</{display}>"] if text else []
    rows += [entry_xml(root, entry) for entry in under_canonical_uris(values["entries"])]
    content = "".join(f"\n    {row}" for row in rows)
    return f"<{name}{declaration} name={quoteattr(values['name'])}>{content}\n  </{name}>"


def _changed(body: bytes | None, path: ListPath, change: dict[str, Any]) -> bytes:
    edit = Splices(body or empty.LISTS)
    element = path.locate(edit.root)
    if "name" in change and change["name"] != element.get("name"):
        siblings = element.itersiblings(LIST), element.itersiblings(LIST, preceding=True)
        if any(each.get("name") == change["name"] for each in chain(*siblings)):
            raise problems.Conflicting(f"There is a list {change['name']!r} already.", "list-exists")
        edit.set_attribute(element, "name", change["name"])
    if "display_name" in change:
        set_display_name(edit, element, change["display_name"])
    return edit.result()


def _after(path: ListPath, change: dict[str, Any]) -> ListPath:
    return ListPath(path.document, (*path.steps[:-1], change["name"])) if "name" in change else path


def _removed(body: bytes | None, path: ListPath) -> bytes:
    edit = Splices(body or empty.LISTS)
    edit.remove(path.locate(edit.root))
    return edit.result()

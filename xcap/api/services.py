"""Services: lists under SIP URIs that phones subscribe to (RFC 4826 section 4)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from lxml import etree
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from rls.api.paging import KeysetPages
from rls.domain import xmlinput
from xcap import store
from xcap.api import pointing
from xcap.api.lists import ETAG, IF_MATCH, NOTHING, OWNER
from xcap.api.serializers import NewServiceSerializer, ServiceChangeSerializer, ServiceSerializer
from xcap.api.view import ME, DocumentView
from xcap.documents import empty, services
from xcap.documents.entries import under_canonical_uris
from xcap.documents.list_path import INDEX, ListPath, NoSuchList
from xcap.documents.rls_services import canonical
from xcap.documents.services import ListService
from xcap.documents.splice import Splices
from xcap.models import Document, ServiceUri
from xcap.selectors import Xui
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES

SERVICE_URI = OpenApiParameter("service", str, OpenApiParameter.PATH, description="URI of the service")


def shown(element: etree._Element, document: str, owner: Xui) -> dict[str, Any]:
    """A service as JSON."""
    service = services.read(element)
    path = pointing.path_of(service.resource_list, owner) if service.resource_list else None
    return {
        "uri": service.uri,
        "owner": f"{owner.username}@{owner.domain}",
        "document": document,
        "list": str(path) if path else None,
        "resource_list": service.resource_list,
        "packages": None if service.packages is None else list(service.packages),
        "sharing": asdict(service.sharing) if service.sharing else None,
    }


class ServiceView(DocumentView):
    def one(self, document: Document, owner: Xui, uri: str, status: int = 200) -> Response:
        root = xmlinput.parse(bytes(document.doc))
        return self.answer(document, shown(services.locate(root, uri), INDEX, owner), status)

    def url(self, owner: Xui, list_id: str) -> str:
        """Where a list of the owner is. Raises ValidationError if there is none."""
        try:
            path = ListPath.parse(list_id)
            stored = self.stored(RESOURCE_LISTS, owner, path.document)
            path.locate(xmlinput.parse(bytes(stored.doc)))
        except (NoSuchList, store.NotFound) as error:
            raise ValidationError({"list": "The owner has no such list."}) from error
        return pointing.url(self.request, owner, path)


class Services(ServiceView):
    """The services of a user, or of all users."""

    pagination_class = KeysetPages

    @extend_schema(
        parameters=[
            OpenApiParameter("owner", str, description="Services of this user only: user@domain, or `me`."),
            OpenApiParameter("uri", str, description="The service of this URI, if there is one."),
        ],
        responses=ServiceSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Services, in the order in which they were made."""
        rows = self.of_asked_owner(ServiceUri.objects.all(), "document__")
        if uri := request.query_params.get("uri"):
            rows = rows.filter(uri=canonical(uri) or "")
        pages = KeysetPages()
        return pages.get_paginated_response(_all_shown(pages.paginate_queryset(rows, request)))

    @extend_schema(request=NewServiceSerializer, responses={201: ServiceSerializer}, parameters=[ETAG])
    def post(self, request: Request) -> Response:
        """Share a list under a URI. 409 if the URI is taken; `alternatives` are free."""
        new = NewServiceSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        values = new.validated_data
        owner = self.owner(values.get("owner", ME))
        to = self.url(owner, values["list"]) if "list" in values else None
        service = ListService(values["uri"], to, _tuple(values["packages"]), values["sharing"])

        def rewrite(body: bytes | None) -> bytes:
            edit = Splices(body or empty.SERVICES)
            services.add(edit, service, under_canonical_uris(values.get("entries", ())))
            return edit.result()

        document = self.write(RLS_SERVICES, owner, INDEX, rewrite)
        response = self.one(document, owner, service.uri, 201)
        response["Location"] = reverse("api-service", args=[str(owner)[4:], service.uri], request=request)
        return response


class ServiceDetail(ServiceView):
    """One service."""

    @extend_schema(parameters=[OWNER, SERVICE_URI, ETAG], responses=ServiceSerializer)
    def get(self, request: Request, owner: str, service: str) -> Response:
        """One service."""
        xui = self.owner(owner)
        return self.one(self.stored(RLS_SERVICES, xui, INDEX), xui, service)

    @extend_schema(
        parameters=[OWNER, SERVICE_URI, IF_MATCH, ETAG],
        request=ServiceChangeSerializer,
        responses=ServiceSerializer,
    )
    def patch(self, request: Request, owner: str, service: str) -> Response:
        """Give a service another URI, another list, other packages, or open it to others."""
        reader = ServiceChangeSerializer(data=request.data)
        reader.is_valid(raise_exception=True)
        change, xui = reader.validated_data, self.owner(owner)
        to = self.url(xui, change["list"]) if "list" in change else None

        def rewrite(body: bytes | None) -> bytes:
            edit = Splices(body or empty.SERVICES)
            element = services.locate(edit.root, service)
            services.change(edit, element, _changed(services.read(element), change, to))
            return edit.result()

        document = self.write(RLS_SERVICES, xui, INDEX, rewrite)
        return self.one(document, xui, change.get("uri", service))

    @extend_schema(parameters=[OWNER, SERVICE_URI], request=None, responses=NOTHING)
    def delete(self, request: Request, owner: str, service: str) -> Response:
        """Delete a service. The subscriptions to it end; the list that it shared stays."""

        def rewrite(body: bytes | None) -> bytes:
            edit = Splices(body or empty.SERVICES)
            edit.remove(services.locate(edit.root, service))
            return edit.result()

        self.write(RLS_SERVICES, self.owner(owner), INDEX, rewrite)
        return Response(status=204)


def _changed(known: ListService, change: dict[str, Any], to: str | None) -> ListService:
    """`to` is where its list shall be, None if that stays."""
    wanted: dict[str, Any] = {name: change[name] for name in ("uri", "sharing") if name in change}
    if "packages" in change:
        wanted["packages"] = _tuple(change["packages"])
    return replace(known, resource_list=to or known.resource_list, **wanted)


def _all_shown(rows: list[Any]) -> list[dict[str, Any]]:
    """Each document is read once, however many services it has."""
    documents = Document.objects.in_bulk({row.document_id for row in rows})
    elements = {number: _by_uri(document) for number, document in documents.items()}
    return [
        shown(element, document.doc_uri, Xui(document.username, document.domain))
        for row in rows
        if (document := documents.get(row.document_id))
        and (element := elements[row.document_id].get(row.uri)) is not None
    ]


def _by_uri(document: Document) -> dict[str | None, etree._Element]:
    try:
        root = xmlinput.parse(bytes(document.doc))
    except xmlinput.MalformedXml:
        return {}
    return {canonical(element.get("uri", "")): element for element in services.services(root)}


def _tuple(packages: list[str] | None) -> tuple[str, ...] | None:
    return None if packages is None else tuple(packages)

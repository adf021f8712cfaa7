"""The XCAP server: documents and their parts (RFC 4825 section 8)."""

from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from xcap import components, domains, responses, store
from xcap.authentication import MayAccess, authenticators, challenges
from xcap.components import Resource
from xcap.computed import compute
from xcap.request import preconditions, raw_target, read_body, require_media_type
from xcap.selectors import DocumentSelector, Target, parse_node_selector, parse_target
from xcap.selectors.bindings import parse_bindings
from xcap.selectors.document import ROOT
from xcap.usages import USAGES, ApplicationUsage


class XcapView(APIView):
    """Everything below the XCAP root."""

    http_method_names = ["get", "head", "put", "delete"]
    permission_classes = [MayAccess]
    target: Target
    usage: ApplicationUsage
    part: Resource | None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.target = parse_target(
            raw_target(request), default_domain=domains.default_domain(request.get_host())
        )
        self.usage = _usage(self.target.document)
        self.part = _part(self.target, self.usage)
        if not self.usage.stores(self.target.document) or (self.part and self.part.selector.namespaces):
            self.http_method_names = ["get", "head"]
        super().initial(request, *args, **kwargs)

    def get(self, request: Request) -> HttpResponse:
        body, etag = self._stored()
        if self.part:
            body = components.read(body, self.part.selector, quoted=settings.RLS_XCAP_QUOTED_ATTRIBUTES)
        conditions = preconditions(request)
        if not conditions.expects(etag):
            raise store.PreconditionFailed
        if conditions.excludes(etag):
            return responses.tagged(responses.empty(304), etag)
        return responses.tagged(HttpResponse(body, content_type=self._media_type), etag)

    def put(self, request: Request) -> HttpResponse:
        require_media_type(request, self._media_type)
        body = read_body(request, self.usage.limit(settings.RLS_XCAP_MAX_DOCUMENT))
        where = self.usage, self.target.document
        how = preconditions(request), self._author()
        if self.part:
            edit = partial(components.put, self.part, body=body)
            document, created = store.change(*where, edit, *how)
        else:
            document, created = store.put(*where, body, *how)
        return responses.tagged(responses.empty(201 if created else 200), document.etag)

    def delete(self, request: Request) -> HttpResponse:
        where = self.usage, self.target.document
        how = preconditions(request), self._author()
        if self.part:
            document, _ = store.change(*where, partial(components.delete, self.part), *how)
            return responses.tagged(responses.empty(200), document.etag)
        store.delete(*where, *how)
        return responses.empty(200)

    @cached_property
    def realm(self) -> str:
        """Digest realm: the domain of the user whose tree it is, if it can stand in a header."""
        owner = self.target.document.owner
        return owner.domain if owner and owner.domain.isascii() else domains.realm(self.request.get_host())

    def get_authenticators(self) -> list[BaseAuthentication]:
        return authenticators()

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """None: a document has one media type, and `Accept` of XCAP clients is often wrong."""
        return self.get_renderers()[0], ""

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]
        if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            return responses.unauthenticated(challenges(self.request, exc), str(exc.detail))
        response = responses.of_exception(exc)
        if response is None:
            self.raise_uncaught_exception(exc)
        return response

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        patch_cache_control(response, private=True, no_cache=True)
        if response.status_code == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def _stored(self) -> tuple[bytes, str]:
        if not self.usage.stores(self.target.document):
            computed = compute(self.target.document, self.request.build_absolute_uri(ROOT))
            if computed is None:
                raise store.NotFound(self.target.document.path)
            return computed
        document = store.find(self.usage, self.target.document)
        if document is None:
            raise store.NotFound(self.target.document.path)
        return bytes(document.doc), document.etag

    @property
    def _media_type(self) -> str:
        return self.part.media_type if self.part else self.usage.media_type

    def _author(self) -> str:
        return f"{self.request.user} (XCAP)"


def _part(target: Target, usage: ApplicationUsage) -> Resource | None:
    if target.node is None:
        return None
    selector = parse_node_selector(
        target.node, default_namespace=usage.namespace, bindings=parse_bindings(target.query)
    )
    return Resource(target.document, selector, usage.namespace)


def _usage(document: DocumentSelector) -> ApplicationUsage:
    usage = USAGES.get(document.auid)
    if usage is None:
        raise store.NotFound(f"no application usage {document.auid!r}")
    # In a directory that is not there a PUT gets a conflict report.
    if not usage.names(document) and not (usage.stores(document) and document.directory):
        raise store.NotFound(f"{document.auid} has no such document")
    return usage

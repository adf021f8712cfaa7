"""What views of lists and services have in common: whose documents, which conditions, one way to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from rls.api import problems
from rls.api.principals import author_of, subscriber_of
from rls.api.view import ApiView
from xcap import store
from xcap.api.problems import translate
from xcap.models import Document
from xcap.preconditions import Preconditions
from xcap.request import preconditions
from xcap.selectors import DocumentSelector, InvalidSelector, Xui
from xcap.usages import ApplicationUsage

ME = "me"
Row = TypeVar("Row", bound=Model)


class DocumentView(ApiView):
    """Operators name the owner in the path, subscribers may write `me`."""

    model: type[Model] = Document
    actions = {"POST": "change", "PUT": "change", "PATCH": "change", "DELETE": "change"}
    subscriber_methods: tuple[str, ...] = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    guarded: tuple[str, ...] = ("PUT", "PATCH")
    """Methods that overwrite what the client must have seen: they need If-Match."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        overwrites = request.method in self.guarded and request.method in self.allowed_methods
        if overwrites and "If-Match" not in request.headers:
            raise problems.PreconditionRequired

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(translate(exc))

    def owner(self, text: str) -> Xui:
        """The user of this name. Raises NotFound, and PermissionDenied to subscribers who name another."""
        own = subscriber_of(self.request)
        try:
            owner = Xui(own.username, own.domain) if own and text == ME else Xui.parse(text, "")
        except InvalidSelector as error:
            raise NotFound(f"{error}. Write it as user@domain.") from error
        if not f"{owner.username}{owner.domain}".isprintable():
            raise NotFound("There is no such user.")
        if own and owner != Xui(own.username, own.domain):
            raise PermissionDenied("These belong to another user.")
        return owner

    def asked_owner(self) -> Xui | None:
        """The owner in the query; without, a subscriber's own; None (for operators): everybody."""
        named = self.request.query_params.get("owner")
        return self.owner(named or ME) if named or subscriber_of(self.request) else None

    def of_asked_owner(self, rows: QuerySet[Row], document: str = "") -> QuerySet[Row]:
        """Those of the rows that belong to the asked owner; `document` leads from a row to its document."""
        owner = self.asked_owner()
        named = {f"{document}username": owner.username, f"{document}domain": owner.domain} if owner else {}
        return rows.filter(**named)

    def stored(self, usage: ApplicationUsage, owner: Xui, path: str) -> Document:
        """Raises NotFound."""
        selector = DocumentSelector(usage.auid, owner, path)
        document = store.find(usage, selector) if path.isprintable() else None
        if document is None:
            raise store.NotFound(f"document {selector.home()}{path}")
        return document

    def write(
        self, usage: ApplicationUsage, owner: Xui, path: str, rewrite: Callable[[bytes | None], bytes]
    ) -> Document:
        """Through the store, under the conditions of the request."""
        selector = DocumentSelector(usage.auid, owner, path)
        return store.edit(usage, selector, rewrite, self.conditions(), author_of(self.request))

    def conditions(self) -> Preconditions:
        return preconditions(self.request)

    def answer(self, document: Document, data: object, status: int = 200) -> Response:
        """With the entity tag of the document; 304 if the client has it already."""
        headers = {"ETag": f'"{document.etag}"'}
        if self.request.method == "GET":
            conditions = self.conditions()
            if not conditions.expects(document.etag):
                raise store.PreconditionFailed
            if conditions.excludes(document.etag):
                return Response(status=304, headers=headers)
        return Response(data, status=status, headers=headers)

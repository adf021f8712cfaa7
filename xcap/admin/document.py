"""The documents, and the pages that belong to one or all of them."""

from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from unfold.admin import ModelAdmin, TabularInline
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from rls.admin.drawn import drawn
from rls.drawing import texts
from xcap import history, store
from xcap.admin import exchange, integrity, list_editor, sharing
from xcap.admin.author import author
from xcap.admin.document_form import SELECTOR_FIELDS, DocumentForm
from xcap.admin.history import history_page
from xcap.admin.service_uri import SERVICE_URI
from xcap.models import Document, ServiceUri
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES

_ETAG: Final = drawn("etag", texts.code, "ETag")
_LIST_TYPES: Final = (RESOURCE_LISTS.doc_type, RLS_SERVICES.doc_type)


class ServiceUriInline(TabularInline):  # type: ignore[misc]
    model = ServiceUri
    fields = readonly_fields = (SERVICE_URI,)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(ModelAdmin):  # type: ignore[misc]
    """All changes go through the store, which tells the running subscriptions."""

    form = DocumentForm
    inlines = (ServiceUriInline,)
    list_display = ("user", "doc_type", "doc_uri", "services", "size", _ETAG)
    list_display_links = ("user", "doc_uri")
    list_filter = ("doc_type", "domain")
    search_fields = ("username", "domain", "doc_uri", "service_uris__uri")
    ordering = ("domain", "username", "doc_type", "doc_uri")
    actions_detail = ("edit_lists", "share_lists")
    actions_list = ("import_lists", "export_lists", "check_lists")
    fields = (("username", "domain"), ("doc_type", "doc_uri"), "body", "version")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        rows: QuerySet[Document] = super().get_queryset(request)
        return rows.annotate(bytes=Length("doc"), count=Count("service_uris", distinct=True))

    def get_readonly_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        return SELECTOR_FIELDS if obj else ()

    @admin.display(ordering="username")
    def user(self, document: Document) -> str:
        return f"{document.username}@{document.domain}" if document.owner else "global"

    @admin.display(description="list services", ordering="count")
    def services(self, document: Document) -> str:
        return str(getattr(document, "count", "")) if document.doc_type == RLS_SERVICES.doc_type else ""

    @admin.display(description="bytes", ordering="bytes")
    def size(self, document: Document) -> int:
        return getattr(document, "bytes", 0)

    def save_model(self, request: HttpRequest, obj: Document, form: DocumentForm, change: bool) -> None:
        form.change.apply(author(request))
        obj.pk = form.change.document.pk

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The URIs of its services, which nobody deletes by themselves, go with a document."""
        deleted, count, needed, protected = super().get_deleted_objects(objs, request)
        return deleted, count, needed - {ServiceUri._meta.verbose_name}, protected

    def delete_model(self, request: HttpRequest, obj: Document) -> None:
        store.delete(obj.usage, obj.selector, author=author(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        for document in queryset:
            self.delete_model(request, document)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Lists can be edited where there are any, and shared where there are services."""
        document: Document | None = self.get_object(request, str(object_id))
        if document is None or document.doc_type not in _LIST_TYPES:
            return []
        actions: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return actions if document.doc_type == RLS_SERVICES.doc_type else actions[:1]

    @action(description="Edit as list", url_path="lists", permissions=["change"])  # type: ignore[untyped-decorator]
    def edit_lists(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return list_editor.page(self, request, self._document(request, object_id))

    @action(description="Who may subscribe", url_path="sharing", permissions=["change"])  # type: ignore[untyped-decorator]
    def share_lists(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return sharing.page(self, request, self._document(request, object_id))

    @action(description="Import", url_path="import", permissions=["add", "change"])  # type: ignore[untyped-decorator]
    def import_lists(self, request: HttpRequest) -> HttpResponseBase:
        return exchange.import_page(self, request)

    @action(description="Export", url_path="export", permissions=["view"])  # type: ignore[untyped-decorator]
    def export_lists(self, request: HttpRequest) -> HttpResponseBase:
        return exchange.export_page(self, request)

    @action(description="Check", url_path="check", permissions=["view"])  # type: ignore[untyped-decorator]
    def check_lists(self, request: HttpRequest) -> HttpResponse:
        return integrity.page(self, request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        document = self._document(request, object_id)
        versions = history.versions_of(document)
        return history_page(self, request, str(document), versions, original=document)

    def _document(self, request: HttpRequest, object_id: str) -> Document:
        document: Document | None = self.get_object(request, object_id)
        if document is None:
            raise Http404
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        return document

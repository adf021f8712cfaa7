"""All versions of all documents: the way to the history of one that was deleted."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from rls.admin.drawn import drawn
from rls.admin.readonly import ReadOnlyAdmin
from rls.drawing import times
from xcap import history
from xcap.admin.history import history_page
from xcap.models import Document, Version


class DeletedFilter(admin.SimpleListFilter):
    title = "what happened"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "deleted"), ("0", "written")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(doc__isnull=self.value() == "1") if self.value() else queryset


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ("document", "happened", drawn("written", times.at), "author")
    list_filter = (DeletedFilter, "domain")
    search_fields = ("username", "domain", "doc_uri", "author")
    search_help_text = "User, file name or author"

    @admin.display(description="document")
    def document(self, version: Version) -> str:
        return version.name

    @admin.display(description="what")
    def happened(self, version: Version) -> str:
        return "deleted" if version.doc is None else "written"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The history of the version's document, which may be gone."""
        version: Version | None = self.get_object(request, object_id)
        if version is None:
            raise Http404
        documents = self.admin_site.get_model_admin(Document)
        if not documents.has_view_permission(request):
            raise PermissionDenied
        return history_page(documents, request, version.name, history.versions_of(version))

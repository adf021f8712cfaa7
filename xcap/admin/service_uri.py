"""Which document defines which list service; follows from the documents."""

from typing import Final

from django.contrib import admin

from rls.admin.drawn import drawn
from rls.admin.readonly import ReadOnlyAdmin
from xcap.models import ServiceUri

SERVICE_URI: Final = drawn("uri", str, "URI", sortable=True)


@admin.register(ServiceUri)
class ServiceUriAdmin(ReadOnlyAdmin):
    fields = (SERVICE_URI, "document")
    list_display = (SERVICE_URI, "document")
    list_select_related = ("document",)
    list_filter = ("document__domain",)
    search_fields = ("uri", "document__username", "document__domain")
    search_help_text = "URI, or user name or domain of the document"
    ordering = ("uri",)

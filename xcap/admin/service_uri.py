"""Which document defines which list service; follows from the documents."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from xcap.models import ServiceUri


@admin.register(ServiceUri)
class ServiceUriAdmin(ModelAdmin):  # type: ignore[misc]
    """Which document defines which list; follows from the documents."""

    list_display = ("uri", "document")
    list_select_related = ("document",)
    list_filter = ("document__domain",)
    search_fields = ("uri", "document__username", "document__domain")
    ordering = ("uri",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ServiceUri | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ServiceUri | None = None) -> bool:
        return False

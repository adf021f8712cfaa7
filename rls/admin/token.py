"""Access tokens: made here, shown once, taken away here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from rls.models import AccessToken


@admin.register(AccessToken)
class AccessTokenAdmin(ModelAdmin):  # type: ignore[misc]
    """The text of a token is told when it is made and cannot be seen again."""

    fields = ("subscriber", "operator", "label", "expires", "read_only")
    autocomplete_fields = ("subscriber", "operator")
    list_display = ("owner", "label", "read_only", "created", "expires")
    list_display_links = None
    list_select_related = ("subscriber", "operator")
    search_fields = ("label", "subscriber__username", "subscriber__domain", "operator__username")
    ordering = ("-created",)

    def has_change_permission(self, request: HttpRequest, obj: AccessToken | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: AccessToken, form: Any, change: bool) -> None:
        made, text = AccessToken.issue(obj.owner, obj.label, obj.expires, read_only=obj.read_only)
        obj.pk, obj.sha256, obj.created = made.pk, made.sha256, made.created
        messages.success(request, f"The token of {obj.owner} is {text} - copy it now, it is not shown again.")

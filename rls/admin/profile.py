"""Phone profiles: what phones need that the RFCs do not say."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from rls.models import CompatibilityProfile


@admin.register(CompatibilityProfile)
class CompatibilityProfileAdmin(ModelAdmin):  # type: ignore[misc]
    """The workers hear of a change when it is committed; NOTIFYs sent from then on follow it."""

    fieldsets = (
        (None, {"fields": ("name", "user_agents", "position", "enabled", "note")}),
        ("Parts", {"fields": ("content_id", "brackets", "part_length", "root_last")}),
        ("What is told", {"fields": ("named", "always_full", "dialog_child", "one_dialog")}),
        (
            "Subscribing",
            {"fields": ("uri_from_to", "list_params", "fold_event", "capital_event", "any_accept")},
        ),
    )
    list_display = ("name", "position", "enabled", "patterns")
    list_fullwidth = True
    search_fields = ("name", "user_agents", "note")
    ordering = ("position", "name")

    @admin.display(description="User-Agent")
    def patterns(self, row: CompatibilityProfile) -> str:
        return ", ".join(row.profile().user_agents)

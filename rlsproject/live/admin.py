"""Shows the form, applies what it says, and writes down who changed what."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from rls.models import ChangedSetting
from rlsproject.live.form import Change, SettingsForm
from xcap.admin.page import page

SHOWN = 10
"""Latest changes on the page."""


@admin.register(ChangedSetting)
class SettingsAdmin(ModelAdmin):  # type: ignore[misc]
    """One page instead of a list of rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            form = SettingsForm(request.POST)
            if form.is_valid():
                return _saved(request, form.changes())
        else:
            form = SettingsForm()
        for field in form.fields.values():
            field.disabled = not may_change and request.method != "POST"
        log = LogEntry.objects.filter(content_type__app_label="rls", content_type__model="changedsetting")
        newest = log.select_related("user").order_by("-pk")[:SHOWN]
        return page(
            self, request, "rls/settings.html", "Settings", form=form, may_change=may_change, log=newest
        )


def _saved(request: HttpRequest, changes: list[Change]) -> HttpResponse:
    with transaction.atomic():
        for change in changes:
            _apply(request, change)
    if changes:
        names = ", ".join(change.name for change in changes)
        messages.success(request, f"{names}: in force within a second, in all processes.")
    else:
        messages.info(request, "Nothing was changed.")
    return redirect(request.path)


def _apply(request: HttpRequest, change: Change) -> None:
    assert request.user.pk is not None
    row = ChangedSetting(name=change.name, value=change.new or "")
    new = "as the environment says" if change.new is None else repr(change.new)
    LogEntry.objects.log_actions(
        request.user.pk, [row], CHANGE, f"{change.old!r} → {new}", single_object=True
    )
    if change.new is None:
        row.delete()
    else:
        row.save()

"""What operators did in the admin, whatever it was: Django's own log, which its pages show by object only."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from rls.admin.drawn import drawn
from rls.admin.readonly import ReadOnlyAdmin
from rls.drawing import texts, times

_WHEN = drawn("action_time", times.at, "when")


@admin.display(description="of what")
def kind(entry: LogEntry) -> str:
    return entry.content_type.name if entry.content_type else ""


@admin.display(description="what was done")
def what(entry: LogEntry) -> str:
    return texts.clipped(_in_words(entry))


@admin.display(description="what was done")
def what_in_full(entry: LogEntry) -> str:
    return _in_words(entry)


def _in_words(entry: LogEntry) -> str:
    return str(entry.get_change_message() or entry.get_action_flag_display())


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = (_WHEN, "user", kind, drawn("object_repr", texts.clipped, "which"), what)
    list_filter = ("action_flag",)
    list_prefetch_related = ("user", "content_type")
    search_fields = ("user__username", "object_repr", "change_message")
    search_help_text = "Operator, object or what was done"
    fieldsets = (
        (None, {"fields": ((_WHEN, "user"), (kind, drawn("object_repr", str, "which")), what_in_full)}),
    )

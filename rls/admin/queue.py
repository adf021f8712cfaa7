"""What is on its way to the watchers: changes not yet numbered, NOTIFYs not yet sent."""

from __future__ import annotations

from django.contrib import admin

from rls.admin.drawn import drawn
from rls.admin.filters import WorkerFilter
from rls.admin.presentity import watcher
from rls.admin.readonly import ReadOnlyAdmin
from rls.drawing import texts
from rls.models import Change, OutboxEntry

_WORKER = drawn("owner", str, "worker")
_RESOURCES = drawn("row_ids", len, "resources")
_ROWS = drawn("row_ids", texts.numbers, "rows of resources")
_WATCHERS = drawn("watcher_ids", texts.numbers, "watchers")


@admin.display(description="NOTIFY")
def notify(entry: OutboxEntry) -> str:
    return f"CSeq {entry.cseq}"


@admin.register(OutboxEntry)
class OutboxAdmin(ReadOnlyAdmin):
    list_display = (
        notify,
        watcher,
        drawn("version", str, "RLMI version"),
        "kind",
        _RESOURCES,
        drawn("reason", str, "last one because"),
        _WORKER,
    )
    list_prefetch_related = ("watcher",)
    list_filter = ("kind", WorkerFilter)
    search_fields = ("watcher__watcher_username", "watcher__presentity_uri", "watcher__callid")
    search_help_text = "User, list or Call-ID"
    fieldsets = ((None, {"fields": ((notify, watcher), ("version", "kind"), ("reason", _WORKER), _ROWS)}),)


@admin.display(description="watchers")
def told(change: Change) -> int:
    return len(set(change.watcher_ids))


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("id", drawn("row_ids", len, "changes"), told, "slice", _WORKER)
    list_filter = (WorkerFilter, "slice")
    fieldsets = ((None, {"fields": ((_WORKER, "slice"), _WATCHERS, _ROWS)}),)

"""What operators ordered, and what came of it: the audit log of the live view."""

from __future__ import annotations

from django.contrib import admin

from rls.admin.drawn import drawn
from rls.admin.filters import WorkerFilter
from rls.admin.readonly import ReadOnlyAdmin
from rls.drawing import badges, texts, times
from rls.models import Order


@admin.display(description="done")
def done(order: Order) -> str:
    if order.done is None:
        return badges.badge("waits", "attention", f"for worker {order.owner}")
    return times.at(order.done)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = (
        drawn("at", times.at, "given"),
        "by",
        "kind",
        drawn("subject", texts.clipped, "subscription"),
        "reason",
        drawn("owner", str, "worker"),
        done,
        drawn("result", texts.clipped, "result"),
    )
    list_filter = ("kind", WorkerFilter)
    search_fields = ("by", "subject")
    search_help_text = "Operator or subscription"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    (drawn("at", times.at, "given"), drawn("by", str)),
                    ("kind", drawn("reason", str)),
                    (drawn("subject", texts.code, "subscription"), drawn("watcher_id", str, "number")),
                    (drawn("owner", str, "worker"), done),
                    "result",
                )
            },
        ),
    )

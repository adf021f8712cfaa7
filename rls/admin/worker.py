"""Who does the work, and whether they live."""

from __future__ import annotations

from django.contrib import admin

from rls.admin.drawn import drawn
from rls.admin.readonly import ReadOnlyAdmin
from rls.drawing import texts, times
from rls.models import Tick, Worker

_CONTACT = drawn("contact", texts.code)
_STARTED = drawn("started", times.at)
_HEARTBEAT = drawn("heartbeat", times.sign_of_life)


@admin.display(description="worker", ordering="id")
def name(worker: Worker) -> str:
    return f"worker {worker.pk}"


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    ordering = ("pk",)
    list_display = (name, _CONTACT, _HEARTBEAT, _STARTED, "watchers", "back_ends")
    fieldsets = ((None, {"fields": ((name, _CONTACT), (_HEARTBEAT, _STARTED), ("watchers", "back_ends"))}),)


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    list_display = (drawn("last", times.sign_of_life), "by", "slot")
    fieldsets = ((None, {"fields": (drawn("last", times.sign_of_life), "by", "slot")}),)

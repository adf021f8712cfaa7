"""Who does the work, and whether they live."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from rls import orders
from rls.admin.acting import Actors, Question, confirmed, row_of
from rls.admin.drawn import drawn
from rls.admin.readonly import ReadOnlyAdmin
from rls.drawing import badges, texts, times
from rls.models import Order, Tick, Worker

_CONTACT = drawn("contact", texts.code)
_STARTED = drawn("started", times.at)
_HEARTBEAT = drawn("heartbeat", times.sign_of_life)
_ACCEPTS = drawn("draining", badges.draining, "new subscriptions")


@admin.display(description="worker", ordering="id")
def name(worker: Worker) -> str:
    return f"worker {worker.pk}"


@admin.register(Worker)
class WorkerAdmin(Actors, ReadOnlyAdmin):
    actions_detail = ("drain", "undrain")
    ordering = ("pk",)
    list_display = (name, _CONTACT, _HEARTBEAT, _ACCEPTS, _STARTED, "watchers", "back_ends")
    fieldsets = (
        (
            None,
            {"fields": ((name, _CONTACT), (_HEARTBEAT, _STARTED), ("watchers", "back_ends"), _ACCEPTS)},
        ),
    )

    @action(description="Drain", url_path="drain", permissions=["act"])  # type: ignore[untyped-decorator]
    def drain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = Question(
            "Refuse new subscriptions?",
            "New SUBSCRIBEs get 503 with Retry-After, so that phones and proxies try another worker. What it "
            "has goes on. It lasts until the worker is restarted or told otherwise.",
            "Drain",
            danger=True,
        )
        return self._ask(request, object_id, question, Order.Kind.DRAIN)

    @action(description="Undrain", url_path="undrain", permissions=["act"])  # type: ignore[untyped-decorator]
    def undrain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = Question("Accept subscriptions again?", "It is open for new SUBSCRIBEs.", "Undrain")
        return self._ask(request, object_id, question, Order.Kind.UNDRAIN)

    def _ask(
        self, request: HttpRequest, object_id: str, question: Question, kind: Order.Kind
    ) -> HttpResponse:
        worker = row_of(self, request, object_id)

        def do(choice: str) -> str:
            orders.for_worker(kind, worker.pk, str(request.user))
            return f"Worker {worker.pk} was told: {kind.label}."

        return confirmed(self, request, worker, question, do)


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    list_display = (drawn("last", times.sign_of_life), "by", "slot")
    fieldsets = ((None, {"fields": (drawn("last", times.sign_of_life), "by", "slot")}),)

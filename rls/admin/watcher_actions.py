"""What operators can do with one subscription."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action

from rls import orders, services, traces
from rls.admin.acting import Actors, Question, confirmed, row_of
from rls.models import Order, Trace, Watcher

_REASONS = tuple((reason, f"{reason}: {meaning}") for reason, meaning in orders.REASONS.items())
_WHAT = (
    (Trace.Kind.WATCHER.value, "this subscription and its back ends"),
    (Trace.Kind.USER.value, "everything of this user"),
    (Trace.Kind.LIST.value, "everything of this list"),
)


class WatcherActions(Actors):
    """For WatcherAdmin. The worker that owns the subscription does it, within a second if it lives."""

    actions_detail = ("send_full_state", "retry_back_ends", "reread_list", "trace", "end", "end_all")

    @action(description="Send full state", url_path="full-state", permissions=["act"])  # type: ignore[untyped-decorator]
    def send_full_state(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = Question(
            "Send full state?",
            "The watcher gets a NOTIFY with the states of all resources.",
            "Send full state",
        )
        return self._ask(request, object_id, question, Order.Kind.FULL_STATE)

    @action(description="Retry back ends", url_path="retry", permissions=["act"])  # type: ignore[untyped-decorator]
    def retry_back_ends(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = Question(
            "Ask the back ends again?",
            "Those that refused, failed or gave up are subscribed to once more, without waiting.",
            "Retry back ends",
        )
        return self._ask(request, object_id, question, Order.Kind.RETRY)

    @action(description="Read list again", url_path="reread", permissions=["act"])  # type: ignore[untyped-decorator]
    def reread_list(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = Question(
            "Read the lists again?",
            "Every SIP worker compares all its subscriptions with the lists in the database.",
            "Read lists again",
        )

        def do(choice: str) -> str:
            services.all_lists_changed()
            return "The SIP workers compare their subscriptions with the lists."

        return confirmed(self, request, row_of(self, request, object_id), question, do)

    @action(description="Trace messages", url_path="trace", permissions=["record"])  # type: ignore[untyped-decorator]
    def trace(self, request: HttpRequest, object_id: str) -> HttpResponse:
        watcher = row_of(self, request, object_id)
        question = Question(
            "Record SIP messages?",
            "For ten minutes they are written down, and shown as a ladder.",
            "Record",
            _WHAT,
            "Which",
        )
        made: list[Trace] = []

        def do(choice: str) -> str:
            target = {
                Trace.Kind.WATCHER.value: str(watcher.pk),
                Trace.Kind.USER.value: f"{watcher.watcher_username}@{watcher.watcher_domain}",
                Trace.Kind.LIST.value: watcher.service_uri,
            }[choice]
            made.append(traces.start(Trace.Kind(choice), target, str(request.user)))
            return "Messages are recorded for ten minutes."

        answer = confirmed(self, request, watcher, question, do)
        return redirect("admin:rls_trace_change", made[0].pk) if made else answer

    @action(description="End", url_path="end", permissions=["act"])  # type: ignore[untyped-decorator]
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = Question(
            "End this subscription?",
            "The watcher gets a final NOTIFY, and the back ends are unsubscribed.",
            "End subscription",
            _REASONS,
            "What the watcher is told",
            danger=True,
        )
        return self._ask(request, object_id, question, Order.Kind.END)

    @action(description="End all of this user", url_path="end-all", permissions=["act"])  # type: ignore[untyped-decorator]
    def end_all(self, request: HttpRequest, object_id: str) -> HttpResponse:
        watcher = row_of(self, request, object_id)
        found = Watcher.objects.filter(
            watcher_username=watcher.watcher_username, watcher_domain=watcher.watcher_domain
        )
        question = Question(
            f"End all {found.count()} subscriptions of {watcher.watcher_username}@{watcher.watcher_domain}?",
            "Each gets a final NOTIFY, and its back ends are unsubscribed.",
            "End all",
            _REASONS,
            "What the watcher is told",
            danger=True,
        )

        def do(choice: str) -> str:
            given = orders.for_watchers(Order.Kind.END, found, str(request.user), choice)
            return f"{len(given)} subscriptions are being ended."

        return confirmed(self, request, watcher, question, do)

    def _ask(
        self: Any, request: HttpRequest, object_id: str, question: Question, kind: Order.Kind
    ) -> HttpResponse:
        watcher = row_of(self, request, object_id)

        def do(choice: str) -> str:
            orders.for_watchers(kind, [watcher], str(request.user), choice)
            return f"Worker {watcher.owner} was told: {kind.label}."

        return confirmed(self, request, watcher, question, do)

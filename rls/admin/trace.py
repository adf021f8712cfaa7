"""Message traces: the ladder, exports, the end of recording."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from rls import traces
from rls.admin.acting import Actors, Question, confirmed, row_of
from rls.admin.drawn import drawn
from rls.admin.readonly import ReadOnlyAdmin
from rls.domain.capture import pcap
from rls.drawing import badges, texts, times
from rls.drawing.ladder import as_text, ladder
from rls.models import Trace, TracedMessage, Watcher
from rls.tracefile import captured

SHOWN = 500
"""Messages on the page; the exports have them all."""


_BY = drawn("by", str)


@admin.display(description="what")
def subject(trace: Trace) -> str:
    """A subscription that is still there is named by who watches what, and led to."""
    if trace.kind != Trace.Kind.WATCHER:
        return texts.clipped(trace.target)
    watcher = Watcher.objects.filter(pk=trace.target).first()
    if watcher is None:
        return f"{trace.target} (gone)"
    return format_html(
        '<a class="rls-link" href="{}">{}</a>',
        reverse("admin:rls_watcher_change", args=[watcher.pk]),
        watcher,
    )


@admin.display(description="state")
def state(trace: Trace) -> str:
    if trace.until > timezone.now():
        return badges.badge("records", "good")
    return badges.badge("ended", "quiet")


@admin.register(Trace)
class TraceAdmin(Actors, ReadOnlyAdmin):
    list_display = ("kind", drawn("target", texts.clipped, "what"), state, drawn("started", times.at), _BY)
    list_filter = ("kind",)
    search_fields = ("target", "by")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind", subject),
                    (state, _BY),
                    (drawn("started", times.at), drawn("until", times.at)),
                )
            },
        ),
    )
    actions_detail = ("as_text", "as_pcap", "stop")
    change_form_after_template = "rls/ladder.html"

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """What has ended is not stopped."""
        trace: Trace | None = self.get_object(request, str(object_id))
        actions: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return actions if trace and trace.until > timezone.now() else actions[:2]

    def beside(self, obj: Trace) -> dict[str, Any]:
        recorded = obj.messages.order_by("at", "pk")
        return {
            "ladder": ladder(list(recorded[:SHOWN])),
            "number": recorded.count(),
            "records": obj.until > timezone.now(),
        }

    @action(description="Text", url_path="text", permissions=["view"])  # type: ignore[untyped-decorator]
    def as_text(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return _download(
            as_text(self._recorded(request, object_id)), "text/plain; charset=utf-8", f"trace-{object_id}.txt"
        )

    @action(description="pcap", url_path="pcap", permissions=["view"])  # type: ignore[untyped-decorator]
    def as_pcap(self, request: HttpRequest, object_id: str) -> HttpResponse:
        data = pcap(map(captured, self._recorded(request, object_id)))
        return _download(data, "application/vnd.tcpdump.pcap", f"trace-{object_id}.pcap")

    @action(description="Stop recording", url_path="stop", permissions=["record"])  # type: ignore[untyped-decorator]
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        trace = row_of(self, request, object_id)
        question = Question(
            "Stop recording?", "What was recorded stays here for a day after the end.", "Stop recording"
        )

        def do(choice: str) -> str:
            traces.stop(trace)
            return "Recording has ended."

        return confirmed(self, request, trace, question, do)

    def _recorded(self, request: HttpRequest, object_id: str) -> list[TracedMessage]:
        return list(row_of(self, request, object_id).messages.order_by("at", "pk"))


def _download(data: bytes | str, content_type: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition})

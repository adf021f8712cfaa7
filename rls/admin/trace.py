"""Message traces: the ladder, exports, the end of recording."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from unfold.decorators import action

from rls import traces
from rls.admin.acting import Actors
from rls.admin.drawn import drawn
from rls.admin.readonly import ReadOnlyAdmin
from rls.domain.capture import pcap
from rls.drawing import badges, texts, times
from rls.drawing.ladder import as_text, ladder
from rls.models import Trace, TracedMessage
from rls.tracefile import captured

SHOWN = 500
"""Messages on the page; the exports have them all."""


_BY = drawn("by", str)


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
                    ("kind", drawn("target", texts.code, "what")),
                    (state, _BY),
                    (drawn("started", times.at), drawn("until", times.at)),
                )
            },
        ),
    )
    actions_detail = ("as_text", "as_pcap", "stop")
    change_form_after_template = "rls/ladder.html"

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
            as_text(self._recorded(object_id)), "text/plain; charset=utf-8", f"trace-{object_id}.txt"
        )

    @action(description="pcap", url_path="pcap", permissions=["view"])  # type: ignore[untyped-decorator]
    def as_pcap(self, request: HttpRequest, object_id: str) -> HttpResponse:
        data = pcap(map(captured, self._recorded(object_id)))
        return _download(data, "application/vnd.tcpdump.pcap", f"trace-{object_id}.pcap")

    @action(description="Stop recording", url_path="stop", permissions=["record"])  # type: ignore[untyped-decorator]
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nothing is lost by it, so nobody is asked."""
        traces.stop(self._trace(object_id))
        messages.success(request, "Recording has ended.")
        return redirect("admin:rls_trace_change", object_id)

    def _trace(self, object_id: str) -> Trace:
        trace = Trace.objects.filter(pk=object_id).first()
        if trace is None:
            raise Http404
        return trace

    def _recorded(self, object_id: str) -> list[TracedMessage]:
        return list(self._trace(object_id).messages.order_by("at", "pk"))


def _download(data: bytes | str, content_type: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition})

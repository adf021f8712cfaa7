"""Resources: back-end subscriptions and the states they brought."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action

from rls.admin import finding
from rls.admin.acting import row_of
from rls.admin.drawn import drawn
from rls.admin.filters import AnswerFilter, ExpiryFilter, WatcherEventFilter
from rls.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from rls.domain.explaining import explain
from rls.drawing import badges, texts, times
from rls.models import OutboxEntry, Presentity

_EXPIRES = drawn("ends", times.deadline, "expires")
_NEXT_TRY = drawn("next_try", times.due)
_ANSWER = drawn("be_code", lambda code: code or "", "answer", sortable=True)

_CHANGED = drawn("changed", times.moment, "news", sortable=True)
_REQUEST_URI = drawn("be_request_uri", texts.code, "request URI")
_CALL_ID = drawn("be_callid", texts.code, "Call-ID")


@admin.display(description="state")
def state(presentity: Presentity) -> str:
    return badges.resource_state(presentity)


@admin.display(description="back end", ordering="auth_state")
def subscription(presentity: Presentity) -> str:
    return badges.subscription(presentity)


@admin.display(description="watcher")
def watcher(row: Presentity | OutboxEntry) -> str:
    """A link to the list subscription, which may be gone already."""
    try:
        found = row.watcher
    except ObjectDoesNotExist:
        return f"{row.watcher_id} (gone)"
    url = reverse("admin:rls_watcher_change", args=[found.pk])
    who = f"{found.watcher_username}@{found.watcher_domain}"
    return format_html(
        '<a class="rls-link" href="{}" title="{}">{}</a>', url, f"through {found.presentity_uri}", who
    )


@admin.display(description="resource")
def resource(presentity: Presentity) -> str:
    url = reverse("admin:rls_presentity_change", args=[presentity.pk])
    return format_html('<a class="rls-link" href="{}">{}</a>', url, presentity.resource_uri)


@admin.display(description="list")
def through(presentity: Presentity) -> str:
    """The list by which the watcher sees the resource."""
    try:
        return texts.clipped(presentity.watcher.presentity_uri)
    except ObjectDoesNotExist:
        return ""


@admin.display(description="document")
def body(presentity: Presentity) -> str:
    return texts.document(bytes(presentity.presence_state or b""))


@admin.display(description="in words")
def in_words(presentity: Presentity) -> str:
    return texts.facts(explain(presentity.content_type, bytes(presentity.presence_state or b"")))


class PresentityInline(ReadOnlyInline):
    """A watcher's resources in the order of its list."""

    model = Presentity
    verbose_name_plural = "resources"
    fields = (
        resource,
        state,
        _CHANGED,
        subscription,
        _ANSWER,
        _NEXT_TRY,
        _EXPIRES,
        _REQUEST_URI,
    )
    ordering = ("position", "instance")
    per_page = 50


@admin.register(Presentity)
class PresentityAdmin(ReadOnlyAdmin):
    """Back-end subscriptions, one row each."""

    list_display = (
        drawn("resource_uri", texts.clipped, "resource", sortable=True),
        state,
        _CHANGED,
        subscription,
        _ANSWER,
        watcher,
        through,
    )
    # Watchers may be gone: a join would hide the resources they left.
    list_prefetch_related = ("watcher",)
    list_filter = ("auth_state", AnswerFilter, WatcherEventFilter, ExpiryFilter)
    search_fields = ("resource_uri",)
    search_help_text = "Resource or watcher, or how they begin"
    find_word = staticmethod(finding.resources)
    actions_detail = ("who_watches",)
    fieldsets = (
        (
            "Resource",
            {
                "fields": (
                    (drawn("resource_uri", texts.code, "resource"), watcher),
                    (state, drawn("content_type", texts.code)),
                    drawn("why", texts.sentence),
                    (drawn("instance", texts.code), drawn("position", str)),
                    in_words,
                    body,
                )
            },
        ),
        (
            "Back-end subscription",
            {
                "fields": (
                    (subscription, _ANSWER),
                    (_REQUEST_URI, _EXPIRES),
                    (_CHANGED, _NEXT_TRY),
                    (
                        _CALL_ID,
                        drawn("be_target", texts.code, "remote target"),
                    ),
                    (
                        drawn("be_local_tag", texts.code, "our tag"),
                        drawn("be_remote_tag", texts.code, "back end's tag"),
                    ),
                    (
                        drawn("be_local_cseq", str, "SUBSCRIBE CSeq"),
                        drawn("be_remote_cseq", str, "NOTIFY CSeq"),
                    ),
                    drawn("be_route", texts.route_set, "route set"),
                )
            },
        ),
    )

    @action(description="Who watches it", url_path="watchers", permissions=["view"])  # type: ignore[untyped-decorator]
    def who_watches(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same resource in all subscriptions: the list of rows, found by its URI."""
        row = row_of(self, request, object_id)
        page = reverse("admin:rls_presentity_changelist")
        return redirect(f"{page}?{urlencode({'resource_uri__exact': row.resource_uri})}")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "resource_uri__exact" or super().lookup_allowed(lookup, value, request)

"""List subscriptions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from rls.admin import finding
from rls.admin.drawn import drawn
from rls.admin.filters import EventFilter, ExpiryFilter, FailingFilter, ListDomainFilter, WorkerFilter
from rls.admin.presentity import PresentityInline
from rls.admin.readonly import ReadOnlyAdmin
from rls.admin.watcher_actions import WatcherActions
from rls.domain.profile import Profiles
from rls.drawing import badges, texts, times
from rls.drawing.timeline import timeline
from rls.models import CompatibilityProfile, Presentity, Watcher

_RESOURCES = (
    Presentity.objects.filter(watcher_id=OuterRef("pk"))
    .order_by()
    .values("watcher_id")
    .annotate(n=Count("pk"))
)
_SINCE = drawn("created", times.moment, "since", sortable=True)
_EXPIRES = drawn("expires", times.deadline, sortable=True)
_CALL_ID = drawn("callid", texts.code, "Call-ID")


@admin.display(description="watcher", ordering="watcher_username")
def user(watcher: Watcher) -> str:
    return texts.clipped(f"{watcher.watcher_username}@{watcher.watcher_domain}")


@admin.display(description="list")
def list_uri(watcher: Watcher) -> str:
    """Leads to all who watch it."""
    page = f"{reverse('admin:rls_watcher_changelist')}?{urlencode({'q': watcher.service_uri})}"
    return format_html(
        '<a class="rls-link rls-code" href="{}" title="All who watch it">{}</a>', page, watcher.presentity_uri
    )


@admin.display(description="event")
def event(watcher: Watcher) -> str:
    return f"{watcher.event};id={watcher.event_id}" if watcher.event_id else watcher.event


@admin.display(description="state", ordering="status")
def state(watcher: Watcher) -> str:
    return badges.status(watcher)


@admin.display(description="in the log")
def label(watcher: Watcher) -> str:
    return texts.code(f"subscription={watcher.pk:x}")


@admin.display(description="phone profile")
def profile(watcher: Watcher) -> str:
    """Looked up once for a page, which asks for it several times."""
    kept: dict[str, str] = watcher.__dict__
    if "_profile" not in kept:
        kept["_profile"] = _profile(watcher)
    return kept["_profile"]


def _profile(watcher: Watcher) -> str:
    """That of the worker: the first whose pattern matches the User-Agent."""
    rows = {row.name: row for row in CompatibilityProfile.objects.filter(enabled=True)}
    chosen = Profiles(row.profile() for row in rows.values()).of(watcher.user_agent)
    if chosen.name not in rows:
        return "none: as the RFCs say"
    url = reverse("admin:rls_compatibilityprofile_change", args=[rows[chosen.name].pk])
    return format_html('<a class="rls-link" href="{}">{}</a>', url, chosen.name)


@admin.register(Watcher)
class WatcherAdmin(WatcherActions, ReadOnlyAdmin):
    """The list is found by who watches what; the page tells all about one dialog and its resources."""

    list_display = (
        user,
        drawn("presentity_uri", texts.clipped, "list", sortable=True),
        event,
        state,
        drawn("resource_count", str, "resources"),
        _SINCE,
        _EXPIRES,
        drawn("version", str),
        drawn("owner", str, "worker", sortable=True),
        drawn("user_agent", texts.clipped),
    )
    list_filter = ("status", FailingFilter, EventFilter, ExpiryFilter, ListDomainFilter, WorkerFilter)
    search_fields = ("callid",)
    search_help_text = "User, list, resource or Call-ID, or how they begin"
    find_word = staticmethod(finding.watchers)
    change_form_after_template = "rls/timeline.html"
    inlines = (PresentityInline,)
    fieldsets = (
        (
            "Subscription",
            {
                "fields": (
                    (user, list_uri),
                    (event, state),
                    (_SINCE, _EXPIRES),
                    (drawn("told", times.moment, "last told"), label),
                    (drawn("user_agent", texts.code), profile),
                )
            },
        ),
        (
            "Dialog",
            {
                "classes": ("collapse",),
                "fields": (
                    (_CALL_ID, drawn("flow", texts.code)),
                    (drawn("from_tag", texts.code, "watcher's tag"), drawn("to_tag", texts.code, "our tag")),
                    (drawn("contact", texts.code), drawn("local_contact", texts.code, "our contact")),
                    (
                        drawn("remote_cseq", str, "SUBSCRIBE CSeq"),
                        drawn("local_cseq", str, "NOTIFY CSeq"),
                    ),
                    (drawn("version", str, "RLMI version"), drawn("owner", str, "worker")),
                    (drawn("identity", texts.code), drawn("from_header", texts.code, "From")),
                    drawn("accept", texts.code),
                    drawn("record_route", texts.route_set, "route set"),
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Watcher]:
        rows: QuerySet[Watcher] = super().get_queryset(request)
        return rows.annotate(resource_count=Coalesce(Subquery(_RESOURCES.values("n")), 0))

    def beside(self, obj: Watcher) -> dict[str, Any]:
        return {"timeline": timeline(obj)}

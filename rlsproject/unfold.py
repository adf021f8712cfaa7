"""The look of the admin: title, navigation, colours (django-unfold's settings)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

TITLE = "Resource list server"


def _page(title: str, icon: str, model: str) -> dict[str, Any]:
    """A list in the navigation; `model` as in its URL, `rls_watcher`."""
    app, _, name = model.partition("_")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": lambda request: _may_view(request, f"{app}.view_{name}"),
    }


def _may_view(request: HttpRequest, permission: str) -> bool:
    return request.user.has_perm(permission)


NAVIGATION = [
    {"items": [{"title": "Overview", "icon": "monitoring", "link": reverse_lazy("admin:index")}]},
    {
        "title": "Subscriptions",
        "items": [
            _page("Watchers", "visibility", "rls_watcher"),
            _page("Resources", "person_play", "rls_presentity"),
            _page("Traces", "swap_vert", "rls_trace"),
            _page("Actions", "bolt", "rls_order"),
        ],
    },
    {
        "title": "Delivery",
        "items": [
            _page("Changes", "difference", "rls_change"),
            _page("Outbox", "outbox", "rls_outboxentry"),
            _page("SIP workers", "dns", "rls_worker"),
            _page("Last tick", "timer", "rls_tick"),
            _page("Phone profiles", "phone_in_talk", "rls_compatibilityprofile"),
        ],
    },
    {
        "title": "Lists",
        "items": [
            _page("Documents", "description", "xcap_document"),
            _page("Service URIs", "list_alt", "xcap_serviceuri"),
            _page("Versions", "history", "xcap_version"),
            _page("Subscribers", "badge", "rls_subscriber"),
            _page("Access tokens", "key", "rls_accesstoken"),
        ],
    },
    {
        "title": "Administration",
        "items": [
            _page("Settings", "tune", "rls_changedsetting"),
            _page("Users", "manage_accounts", "auth_user"),
            _page("Groups", "group", "auth_group"),
            _page("Log entries", "history_edu", "admin_logentry"),
        ],
    },
]
_PRIMARY = (
    *((50, 97.1, 0.014), (100, 94.2, 0.028), (200, 89, 0.052), (300, 81.5, 0.085), (400, 72, 0.115)),
    *((500, 62, 0.125), (600, 53.5, 0.12), (700, 46, 0.105), (800, 39.5, 0.085), (900, 34, 0.07)),
    (950, 24.5, 0.05),
)

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": TITLE,
    "SITE_HEADER": TITLE,
    "SITE_ICON": lambda request: static("rls/icon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("rls/icon.svg")}
    ],
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "DASHBOARD_CALLBACK": "rls.admin.overview.context",
    "STYLES": [lambda request: static("rls/admin.css")],
    "SCRIPTS": [lambda request: static("rls/icons.js")],
    "COLORS": {
        "primary": {str(weight): f"oklch({light}% {chroma} 215)" for weight, light, chroma in _PRIMARY}
    },
    "SIDEBAR": {"navigation": NAVIGATION},
}

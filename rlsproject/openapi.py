"""What the description of the REST API says in front (drf-spectacular's settings)."""

from __future__ import annotations

from typing import Any

VERSION = "1.0.0"
DESCRIPTION = """Lists of resources that SIP phones subscribe to (RFC 4662), for people and programs.

Lists and services are the documents that XCAP clients read and write: what one changes, the other sees, and
running subscriptions learn of it at once.

- **Who asks**: `Authorization: Bearer TOKEN` (from the admin or `manage.py createtoken`), or a session of
  the admin. Subscribers see and edit what is theirs, operators everything that the admin permits them.
- **Changing**: `PUT` and `PATCH` need `If-Match` with the `ETag` that was read (412 if somebody was
  faster, 428 without); `POST` and `DELETE` may have it.
- **Pages**: `limit` and `next`. **Errors**: `application/problem+json` (RFC 9457).
"""
SPECTACULAR: dict[str, Any] = {
    "TITLE": "Resource list server",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "PREPROCESSING_HOOKS": ["rls.api.view.described"],
    "POSTPROCESSING_HOOKS": ["rls.api.schema.add_problem"],
    "TAGS": [
        {"name": "lists", "description": "Lists of resources and their entries"},
        {"name": "services", "description": "SIP URIs under which lists can be subscribed to"},
        {"name": "import and export", "description": "Lists as tables (CSV) and address cards (vCard)"},
        {"name": "subscribers", "description": "Who may authenticate, over SIP and HTTP"},
        {"name": "subscriptions", "description": "What runs, to read"},
        {"name": "update-subscriptions", "description": "For operators"},
    ],
}

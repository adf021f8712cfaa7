"""What drf-spectacular cannot see by itself: errors are problems, and have one shape."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from rls.api import problems

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "about:blank, or urn:rls:problem:… for a special case"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, and what to do about it."},
        "errors": {
            "type": "array",
            "description": "Which members of the request are wrong.",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the request"},
                    "detail": {"type": "string"},
                },
            },
        },
        "alternatives": {
            "type": "array",
            "description": "Values that are free, where one was taken.",
            "items": {"type": "string"},
        },
    },
}
_ERROR = {
    "description": "A problem: see `status` and `detail`.",
    "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Schema(AutoSchema):
    """Adds the error answer to each operation, and its first sentence as summary."""

    def get_summary(self) -> str | None:
        description: str = self.get_description() or ""
        return description.partition("\n")[0].partition(". ")[0].rstrip(".") or None

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["responses"]["default"] = _ERROR
        return operation


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Found by drf-spectacular because it exists."""

    target_class = "rls.api.principals.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


def add_problem(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Post-processing hook of drf-spectacular."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    return result

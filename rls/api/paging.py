"""Pages by key: each costs the same, however far one has come, and nothing is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

DEFAULT: Final = 100
LARGEST: Final = 1000
_GREATEST: Final = 2**63 - 1


class KeysetPages(BasePagination):
    """`?limit=` results with a key greater than `?after=`; `next` is where the following ones are."""

    key = "pk"
    after = 0

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.start(request)
        rows = list(queryset.filter(**{f"{self.key}__gt": self.after}).order_by(self.key)[: self.limit + 1])
        page = rows[: self.limit]
        self.follow(self._key(page[-1]) if len(rows) > self.limit else None)
        return page

    def start(self, request: Request) -> None:
        """Read `limit` and `after`. Raises ValidationError."""
        self.request = request
        self.limit = whole(request, "limit", DEFAULT, 1, LARGEST)
        self.after = whole(request, "after", 0, 0, _GREATEST)

    def follow(self, last: object | None) -> None:
        """The key with which the next page begins; None: there is none."""
        url = self.request.build_absolute_uri()
        self.next = None if last is None else replace_query_param(url, "after", last)

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"results": data, "next": self.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {
            "type": "string",
            "nullable": True,
            "format": "uri",
            "description": "Where the next page is; null on the last one.",
        }
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": following},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            _parameter("limit", "Results on a page.", minimum=1, maximum=LARGEST, default=DEFAULT),
            _parameter("after", "Where the page begins; take it from `next`.", minimum=0, maximum=_GREATEST),
        ]

    def _key(self, row: Any) -> Any:
        return getattr(row, self.key)


def whole(request: Request, name: str, default: int, least: int, greatest: int) -> int:
    """A whole number of the query. Raises ValidationError."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= greatest):
        raise ValidationError({name: f"A whole number from {least} to {greatest}, please."})
    return int(text)


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "integer", **schema},
    }

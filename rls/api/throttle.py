"""How often one may ask: each operator and subscriber, and each address that has not said who it is."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class Throttle(SimpleRateThrottle):
    """RLS_API_RATE requests a minute; 0: any number."""

    scope = "api"

    def get_rate(self) -> str | None:
        return f"{settings.RLS_API_RATE}/min" if settings.RLS_API_RATE else None

    def get_cache_key(self, request: Request, view: APIView) -> str:
        user: object = request._user if hasattr(request, "_user") else None
        known = getattr(user, "pk", None)
        return f"api-rate:{known}" if known else f"api-rate:from-{self.get_ident(request)}"

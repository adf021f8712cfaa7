"""What operators and subscribers may do."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import User
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from rls.models import AccessToken

ACTIONS: Final = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


class Scope(BasePermission):
    """What an ApiView says. A token for reading changes nothing."""

    message = "You may not do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        user: object = request.user
        if not getattr(user, "is_authenticated", False) or not _may_write(request):
            return False
        if isinstance(user, User):
            return user.is_staff and user.has_perm(_permission(request, view))
        return request.method in view.subscriber_methods  # type: ignore[attr-defined]


def _may_write(request: Request) -> bool:
    token = request.auth
    return request.method in SAFE_METHODS or not (isinstance(token, AccessToken) and token.read_only)


def _permission(request: Request, view: APIView) -> str:
    """As the admin names it, such as `xcap.change_document`."""
    options = view.model._meta  # type: ignore[attr-defined]
    action = view.actions.get(request.method or "", "view")  # type: ignore[attr-defined]
    return f"{options.app_label}.{action}_{options.model_name}"

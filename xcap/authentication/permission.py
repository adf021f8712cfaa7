"""Who may do what (RFC 4825 section 5.7, RFC 4826 section 4.4.9)."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from xcap.authentication.identity import Identity
from xcap.selectors import Target
from xcap.usages import ApplicationUsage


class MayAccess(BasePermission):
    """Users read and write their own tree, super users every tree; others read what the usage shows them."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        target: Target = view.target  # type: ignore[attr-defined]
        usage: ApplicationUsage = view.usage  # type: ignore[attr-defined]
        user = request.user if isinstance(request.user, Identity) else None
        owner = target.document.owner
        if user and (user.trusted or (owner is not None and user.xui == owner)):
            return True
        if request.method not in SAFE_METHODS:
            return not usage.stores(target.document)  # 405, whoever asks
        if owner is None:
            return user is not None and not usage.trusted_global
        return usage.shows_others(known=user is not None)

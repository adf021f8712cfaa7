"""No authentication at all, for clients on this machine."""

import ipaddress

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from xcap.authentication.identity import Identity


class LoopbackAuthentication(BaseAuthentication):
    """Lets everybody on this machine do everything (RLS_XCAP_AUTH=none)."""

    def authenticate(self, request: Request) -> tuple[Identity, None]:
        address = request.META.get("REMOTE_ADDR", "")
        try:
            local = ipaddress.ip_address(address).is_loopback
        except ValueError:
            local = False
        if not local:
            raise PermissionDenied("RLS_XCAP_AUTH=none is for clients on this machine.")
        return Identity(None, trusted=True), None

"""A proxy in front has authenticated the user and says who it is (3GPP TS 24.623 section 5.2.3)."""

import ipaddress

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from xcap.authentication.identity import Identity, realm_of
from xcap.selectors import InvalidSelector, Xui


class ProxyAuthentication(BaseAuthentication):
    """Believes the header from RLS_XCAP_PROXIES only; from others it is as if it were not there."""

    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        value = request.headers.get(settings.RLS_XCAP_PROXY_HEADER)
        if not value or not _trusted(request.META.get("REMOTE_ADDR", "")):
            return None
        # A second one would be what the client sent and the proxy failed to take away.
        if "," in value:
            raise ParseError(f"{settings.RLS_XCAP_PROXY_HEADER} names several users.")
        try:
            return Identity.of(Xui.parse(value.strip().strip('"<>'), realm_of(request))), None
        except InvalidSelector as error:
            raise ParseError(f"{settings.RLS_XCAP_PROXY_HEADER}: {error}") from error


def _trusted(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    # An IPv4 client of a socket that takes both.
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in ipaddress.ip_network(network) for network in settings.RLS_XCAP_PROXIES)

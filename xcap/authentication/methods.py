"""The words of RLS_XCAP_AUTH."""

from typing import Final

from django.conf import settings
from rest_framework.authentication import BaseAuthentication

from xcap.authentication.basic import BasicAuthentication
from xcap.authentication.bearer import BearerAuthentication
from xcap.authentication.digest import DigestAuthentication
from xcap.authentication.loopback import LoopbackAuthentication
from xcap.authentication.proxy import ProxyAuthentication

METHODS: Final[dict[str, type[BaseAuthentication]]] = {
    "digest": DigestAuthentication,
    "basic": BasicAuthentication,
    "bearer": BearerAuthentication,
    "proxy": ProxyAuthentication,
    "none": LoopbackAuthentication,
}


def authenticators() -> list[BaseAuthentication]:
    """Those that are switched on; credentials of the client come before what a proxy says."""
    return [METHODS[word]() for word in METHODS if word in settings.RLS_XCAP_AUTH]

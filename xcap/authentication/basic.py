"""HTTP Basic (RFC 7617), over TLS and nowhere else (RFC 4825 section 14)."""

import base64
import binascii
import hmac

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from rls.domain import digest
from rls.models import Subscriber
from xcap.authentication.identity import Identity, credentials, realm_of, subscriber_of
from xcap.selectors import InvalidSelector, Xui


class BasicAuthentication(BaseAuthentication):
    """The user name may come with a domain, as `alice@example.com`; a colon cannot stand in it."""

    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        value = credentials(request, "basic")
        if value is None:
            return None
        if not request.is_secure():
            raise AuthenticationFailed("Basic credentials are taken over HTTPS only.")
        name, password = _decode(value)
        try:
            xui = Xui.parse(name, realm_of(request))
        except InvalidSelector as error:
            raise AuthenticationFailed(str(error)) from error
        if not _knows(subscriber_of(xui), xui, password):
            raise AuthenticationFailed("Wrong user name or password.")
        return Identity.of(xui), None


def _decode(value: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise AuthenticationFailed("These are no Basic credentials.") from error
    if not colon:
        raise AuthenticationFailed("These are no Basic credentials.")
    return name, password


def _knows(subscriber: Subscriber | None, xui: Xui, password: str) -> bool:
    """Takes as long for a subscriber who does not exist."""
    algorithm = "MD5" if subscriber and not subscriber.ha1_sha256 else "SHA-256"
    stored = "" if subscriber is None else subscriber.ha1_sha256 or subscriber.ha1_md5
    return hmac.compare_digest(stored, digest.ha1(algorithm, xui.username, xui.domain, password))

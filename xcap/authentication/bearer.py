"""Access tokens (RFC 6750), over TLS and nowhere else."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from rls.models import AccessToken
from xcap.authentication.identity import Identity, InvalidToken, credentials
from xcap.selectors import Xui


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        text = credentials(request, "bearer")
        if text is None:
            return None
        if not request.is_secure():
            raise AuthenticationFailed("Access tokens are taken over HTTPS only.")
        token = AccessToken.find(text)
        if token is None or token.subscriber is None:
            raise InvalidToken("There is no such access token of a subscriber, or it has expired.")
        if token.read_only and request.method not in SAFE_METHODS:
            raise PermissionDenied("This access token is for reading only.")
        return Identity.of(Xui(token.subscriber.username, token.subscriber.domain)), None

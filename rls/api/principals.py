"""Who asks over REST: an operator (a staff user of Django) or a subscriber."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from rls.models import AccessToken, Subscriber


@dataclass(frozen=True, slots=True)
class SubscriberPrincipal:
    """A subscriber, who sees and edits what is theirs."""

    subscriber: Subscriber
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True

    @property
    def pk(self) -> str:
        return f"subscriber-{self.subscriber.pk}"

    def __str__(self) -> str:
        return str(self.subscriber)


Principal = User | SubscriberPrincipal


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` (RFC 6750): over HTTPS, or from this machine."""

    def authenticate(self, request: Request) -> tuple[Principal, AccessToken] | None:
        scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        if not request.is_secure() and not _is_loopback(request.META.get("REMOTE_ADDR", "")):
            raise AuthenticationFailed("Access tokens are taken over HTTPS only.")
        token = AccessToken.find(text.strip())
        if token is None:
            raise AuthenticationFailed("There is no such access token, or it has expired.")
        return _principal(token), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _principal(token: AccessToken) -> Principal:
    if token.subscriber is not None:
        return SubscriberPrincipal(token.subscriber)
    if token.operator is None or not token.operator.is_active:
        raise AuthenticationFailed("The operator of this access token is not active.")
    return token.operator


AUTHENTICATION: tuple[type[BaseAuthentication], ...] = (TokenAuthentication, SessionAuthentication)


def subscriber_of(request: Request) -> Subscriber | None:
    """The subscriber who asks; None: an operator."""
    user: object = request.user
    return user.subscriber if isinstance(user, SubscriberPrincipal) else None


def author_of(request: Request) -> str:
    """Who writes, as the history of documents names it."""
    return f"{request.user} (REST)"

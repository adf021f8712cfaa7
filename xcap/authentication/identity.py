"""Who was authenticated, and what the methods of authentication have in common."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from rls.models import Subscriber
from xcap.selectors import InvalidSelector, Xui


@dataclass(frozen=True, slots=True)
class Identity:
    """`xui` None is everybody (RLS_XCAP_AUTH=none). Who is trusted reads and writes everything."""

    xui: Xui | None
    trusted: bool
    is_authenticated: ClassVar[bool] = True

    def __str__(self) -> str:
        return str(self.xui or "somebody on this machine")

    @classmethod
    def of(cls, xui: Xui) -> "Identity":
        return cls(xui, any(_same(xui, address) for address in settings.RLS_XCAP_SUPER_USERS))


class StaleNonce(AuthenticationFailed):
    """Right password, used-up nonce: the client may answer a new challenge by itself."""


class InvalidToken(AuthenticationFailed):
    """No such access token, or no longer (RFC 6750 section 3.1)."""


def credentials(request: Request, scheme: str) -> str | None:
    """What stands behind the scheme in Authorization, None for another scheme.

    Its octets are taken for UTF-8, in which user names may be; those that are not stay what they are.
    """
    value = request.headers.get("Authorization", "")
    value = value.encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    given, _, rest = value.strip().partition(" ")
    return rest.strip() if given.lower() == scheme else None


def subscriber_of(xui: Xui) -> Subscriber | None:
    """Octets must be equal: neither letters of other case nor look-alikes are the same user."""
    # PostgreSQL knows neither NUL nor the surrogates that stand for octets outside of UTF-8.
    if not f"{xui.username}{xui.domain}".isprintable():
        return None
    return Subscriber.objects.filter(username=xui.username, domain=xui.domain).first()


def realm_of(request: Request) -> str:
    """The Digest realm of what is asked for, which is a SIP domain; the view knows it."""
    realm: str = request.parser_context["view"].realm
    return realm


def _same(xui: Xui, address: str) -> bool:
    try:
        return Xui.parse(address, "") == xui
    except InvalidSelector:
        return False

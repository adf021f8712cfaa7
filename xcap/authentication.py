"""Who asks (HTTP Digest, RFC 7616) and whether they may (RFC 4825 section 5.7), for Django REST framework."""

import ipaddress
import time
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar
from urllib.parse import unquote

from django.utils.crypto import salted_hmac
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from rls.domain import digest
from rls.models import Subscriber
from xcap.request import raw_target
from xcap.selectors import Xui
from xcap.selectors.document import origin_form

# Any web process accepts the nonces of any other; the counts seen are each process's own.
_nonces = digest.NonceIssuer(salted_hmac("xcap.authentication", "nonce").digest())
_replay_guard = digest.ReplayGuard()
_replay_lock = Lock()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who was authenticated; `xui` None is everybody (RLS_XCAP_AUTH=none)."""

    xui: Xui | None
    is_authenticated: ClassVar[bool] = True


class StaleNonce(AuthenticationFailed):
    """Right password, used-up nonce: the client may answer a new challenge by itself."""


class DigestAuthentication(BaseAuthentication):
    """Checks against the HA1 values of the subscribers. The view tells the realm (`view.realm`)."""

    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        value = request.headers.get("Authorization")
        if value is None:
            return None
        credentials = digest.parse_credentials(value)
        if credentials is None:
            raise AuthenticationFailed("These are no Digest credentials.")
        if _segments(credentials.uri) != _segments(raw_target(request)):
            raise ParseError("The Digest uri is not the request target.")
        self._check(credentials, request)
        return Identity(Xui(credentials.username, credentials.realm)), None

    def authenticate_header(self, request: Request) -> str:
        return challenges(realm_of(request))[0]

    def _check(self, credentials: digest.Credentials, request: Request) -> None:
        freshness = _nonces.check(credentials.nonce, time.time())
        secrets = _ha1(credentials.username, realm_of(request))
        if (
            freshness == "forged"
            or credentials.realm != realm_of(request)
            or not digest.verify(credentials, request.method or "", secrets)
        ):
            raise AuthenticationFailed("Wrong user name or password.")
        with _replay_lock:
            if freshness == "stale" or not _replay_guard.accept(credentials.nonce, credentials.nc):
                raise StaleNonce("This nonce is used up.")


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
        return Identity(None), None


class OwnTree(BasePermission):
    """Users read and write their own tree and nobody else's; all read the global tree."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        owner: Xui | None = view.target.document.owner  # type: ignore[attr-defined]
        user = request.user
        return isinstance(user, Identity) and (owner is None or user.xui is None or user.xui == owner)


def challenges(realm: str, *, stale: bool = False) -> list[str]:
    """Values of WWW-Authenticate, one per algorithm."""
    return digest.challenges(realm, _nonces.issue(time.time()), stale)


def realm_of(request: Request) -> str:
    realm: str = request.parser_context["view"].realm
    return realm


def _ha1(username: str, domain: str) -> dict[str, str]:
    subscriber = Subscriber.objects.filter(username=username, domain=domain).first()
    return {"MD5": subscriber.ha1_md5, "SHA-256": subscriber.ha1_sha256} if subscriber else {}


def _segments(target: str) -> list[str]:
    """What two spellings of a target have in common: clients escape differently here and there."""
    return [unquote(segment) for segment in origin_form(target).split("/")]

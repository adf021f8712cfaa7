"""HTTP Digest (RFC 7616) with the HA1 values of the subscribers, the same as over SIP."""

import time
from threading import Lock
from urllib.parse import unquote_to_bytes

from django.utils.crypto import salted_hmac
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError
from rest_framework.request import Request

from rls.domain import digest
from xcap.authentication.identity import Identity, StaleNonce, credentials, subscriber_of
from xcap.request import raw_target
from xcap.selectors import Xui
from xcap.selectors.document import origin_form

# Any web process accepts the nonces of any other; the counts seen are each process's own.
nonces = digest.NonceIssuer(salted_hmac("xcap.authentication", "nonce").digest())
_replay_guard = digest.ReplayGuard()
_replay_lock = Lock()


class DigestAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        value = credentials(request, "digest")
        if value is None:
            return None
        given = digest.parse_credentials(f"Digest {value}")
        if given is None:
            raise AuthenticationFailed("These are no Digest credentials.")
        if _parts(given.uri) != _parts(raw_target(request)):
            raise ParseError("The Digest uri is not the request target.")
        _check(given, request.method or "")
        return Identity.of(Xui(given.username, given.realm)), None


def _check(given: digest.Credentials, method: str) -> None:
    """Any subscriber may answer in the own realm, whatever realm the challenge had."""
    freshness = nonces.check(given.nonce, time.time())
    subscriber = subscriber_of(Xui(given.username, given.realm))
    secrets = {"MD5": subscriber.ha1_md5, "SHA-256": subscriber.ha1_sha256} if subscriber else {}
    if freshness == "forged" or not digest.verify(given, method, secrets):
        raise AuthenticationFailed("Wrong user name or password.")
    # Without a count (RFC 2069) every answer would look like the last one: one for each nonce.
    with _replay_lock:
        if freshness == "stale" or not _replay_guard.accept(given.nonce, given.nc or "1"):
            raise StaleNonce("This nonce is used up.")


def _parts(target: str) -> tuple[list[bytes], bytes]:
    """What two spellings of a target have in common: clients escape differently here and there."""
    path, _, query = origin_form(target).encode("utf-8", "surrogateescape").decode("latin-1").partition("?")
    return [_octets(segment) for segment in path.split("/")], _octets(query)


def _octets(text: str) -> bytes:
    return unquote_to_bytes(text.encode("latin-1"))

"""What a 401 asks for: one WWW-Authenticate line for each method and Digest algorithm."""

import re
import time
from typing import Final

from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from rls.domain.digest import Challenge
from xcap.authentication.digest import nonces
from xcap.authentication.identity import InvalidToken, StaleNonce, realm_of

# They look at the first challenge only and fail unless it is MD5: Blink, and all that stands on urllib.
_MD5_FIRST: Final = re.compile("python-xcaplib|Python-urllib", re.IGNORECASE)


def challenges(request: Request, error: APIException) -> list[str]:
    """Values of WWW-Authenticate, the most preferred first. Digest first: many clients read only one."""
    lines = []
    if "digest" in settings.RLS_XCAP_AUTH:
        lines += _digest(request, stale=isinstance(error, StaleNonce))
    if request.is_secure():
        lines += _over_tls(realm_of(request), invalid_token=isinstance(error, InvalidToken))
    return lines


def _digest(request: Request, *, stale: bool) -> list[str]:
    algorithms = settings.RLS_XCAP_DIGEST
    if _MD5_FIRST.search(request.headers.get("User-Agent", "")):
        algorithms = sorted(algorithms, key=lambda name: name != "MD5")
    nonce = nonces.issue(time.time())
    return [str(Challenge(realm_of(request), nonce, algorithm, stale=stale)) for algorithm in algorithms]


def _over_tls(realm: str, *, invalid_token: bool) -> list[str]:
    realm = realm.replace("\\", "").replace('"', "")
    error = ', error="invalid_token"' if invalid_token else ""
    lines = {
        "bearer": f'Bearer realm="{realm}"{error}',
        "basic": f'Basic realm="{realm}", charset="UTF-8"',
    }
    return [line for word, line in lines.items() if word in settings.RLS_XCAP_AUTH]

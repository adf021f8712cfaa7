"""Nonces that any process of the server can check without a shared table (RFC 7616 section 5.4)."""

import base64
import hmac
import re
import secrets
import struct
from collections import OrderedDict
from typing import Literal

_STAMP = struct.Struct(">Q8s")  # issued at (microseconds), then what makes each nonce another
_MAC_LENGTH = 17  # with the stamp 33 octets: Base64 of them has no spare bits, so one spelling only
_WINDOW = 64
_WINDOW_MASK = (1 << _WINDOW) - 1
_SPELLING = re.compile("[A-Za-z0-9_-]{44}")  # b64decode takes "+" and "/" as well
_COUNT = re.compile("[0-9A-Fa-f]{1,8}")


class NonceIssuer:
    """Makes and checks nonces that carry their time of issue, sealed with an HMAC."""

    def __init__(self, secret: bytes, lifetime: float = 300) -> None:
        self._secret = secret
        self._lifetime = lifetime

    def issue(self, now: float) -> str:
        stamp = _STAMP.pack(int(now * 1e6), secrets.token_bytes(8))
        return base64.urlsafe_b64encode(stamp + self._mac(stamp)).decode()

    def check(self, nonce: str, now: float) -> Literal["valid", "stale", "forged"]:
        """`stale`: ours, but older than the lifetime; the client may answer a new one unasked."""
        if not _SPELLING.fullmatch(nonce):
            return "forged"
        sealed = base64.urlsafe_b64decode(nonce)
        stamp, mac = sealed[: _STAMP.size], sealed[_STAMP.size :]
        if not hmac.compare_digest(mac, self._mac(stamp)):
            return "forged"
        issued_at = _STAMP.unpack(stamp)[0] / 1e6
        return "valid" if now - issued_at <= self._lifetime else "stale"

    def _mac(self, stamp: bytes) -> bytes:
        return hmac.digest(self._secret, stamp, "sha256")[:_MAC_LENGTH]


class ReplayGuard:
    """Remembers the nonce counts of the `limit` nonces used last.

    Ask only after the response was verified: then strangers cannot push nonces out.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def accept(self, nonce: str, nc: str) -> bool:
        """False if this count (hex digits) came before; True without a count (RFC 2069 has none).

        Requests overtake each other, so a lower count that is new within the last 64 passes.
        """
        if not nc:
            return True
        if not _COUNT.fullmatch(nc) or not (count := int(nc, 16)):
            return False
        highest, seen = self._seen.get(nonce, (0, 0))
        if count > highest:
            highest, seen = count, (seen << min(count - highest, _WINDOW) | 1) & _WINDOW_MASK
        elif highest - count >= _WINDOW or seen >> (highest - count) & 1:
            return False
        else:
            seen |= 1 << (highest - count)
        self._remember(nonce, highest, seen)
        return True

    def _remember(self, nonce: str, highest: int, seen: int) -> None:
        self._seen[nonce] = (highest, seen)
        self._seen.move_to_end(nonce)
        if len(self._seen) > self._limit:
            self._seen.popitem(last=False)

"""What a challenged client sends with its next try, and with every later request (RFC 3261 section 22)."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rls.domain.digest import Challenge, authorization, topmost
from sipworker.sip.message import Response

_REMEMBERED: Final = 10_000
"""Places that asked for credentials."""

_HEADERS: Final = {
    401: ("www-authenticate", "Authorization"),
    407: ("proxy-authenticate", "Proxy-Authorization"),
}

Key = tuple[str, str]
"""User name and password."""


@dataclass(slots=True)
class Session:
    """A nonce that is used until it is replaced; `count` is the nonce count that was sent last."""

    header: str
    challenge: Challenge
    key: Key
    count: int = 0

    def line(self, method: str, uri: str) -> str:
        self.count += 1
        value = authorization(
            self.challenge,
            method=method,
            uri=uri,
            username=self.key[0],
            password=self.key[1],
            cnonce=secrets.token_hex(8),
            nc=self.count,
        )
        return f"{self.header}: {value}\r\n"


Sessions = dict[tuple[str, str], Session]
"""By header and realm: each proxy on the way may have one of its own."""


@dataclass(slots=True)
class Keyring:
    """`key_of(realm)` gives the credentials for a realm, None for a stranger's.

    `lines` go into every request to a place that has asked once: no second round trip.
    """

    key_of: Callable[[str], Key | None]
    _places: OrderedDict[str, Sessions] = field(default_factory=OrderedDict)

    @classmethod
    def of_realms(cls, keys: Mapping[str, Key]) -> Keyring:
        """Realms in lower case."""
        return cls(lambda realm: keys.get(realm.lower()))

    @classmethod
    def of_one(cls, key: Key) -> Keyring:
        """For a user agent that has one account."""
        return cls(lambda realm: key)

    def lines(self, place: str, method: str, uri: str) -> str:
        """Whole header lines, "" where nobody has asked yet."""
        sessions = self._places.get(place)
        return "".join(session.line(method, uri) for session in sessions.values()) if sessions else ""

    def learn(self, place: str, answer: Response, refused: set[str]) -> bool:
        """Whether another try with lines() makes sense after a 401 or 407.

        `refused` are the realms that got fresh credentials for this request before: the same
        again would only be refused again, unless the nonce was stale (section 22.1). It grows here.
        """
        rows, header = _HEADERS[answer.status]
        fresh = {
            (header, challenge.realm): Session(header, challenge, key)
            for challenge in topmost(answer.rows(rows))
            if (key := self.key_of(challenge.realm)) is not None
            and (challenge.stale or challenge.realm not in refused)
        }
        if not fresh:
            return False
        refused.update(realm for _, realm in fresh)
        sessions = self._places.setdefault(place, {})
        sessions.update(fresh)
        self._places.move_to_end(place)
        while len(self._places) > _REMEMBERED:
            self._places.popitem(last=False)
        return True

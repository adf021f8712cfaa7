"""Digest access authentication for SIP and HTTP (RFC 3261 section 22, RFC 7616, RFC 8760)."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from rls.domain.nonces import NonceIssuer, ReplayGuard

__all__ = [
    "SERVER_ALGORITHMS",
    "Challenge",
    "Credentials",
    "NonceIssuer",
    "ReplayGuard",
    "answer",
    "authorization",
    "challenges",
    "ha1",
    "parse_credentials",
    "topmost",
    "verify",
]

SERVER_ALGORITHMS = ("SHA-256", "MD5")  # most preferred first (RFC 8760 section 2.3)
_HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}

# A quoted value ends only where another directive or the end follows: python-xcaplib, hence
# Blink, writes the quotes of an XCAP selector unescaped into uri="...".
_DIRECTIVE = re.compile(
    r"""\s*(?P<name>[A-Za-z][A-Za-z0-9*_-]*)\s*=\s*
    (?:"(?P<quoted>(?:\\.|[^\\])*?)"(?=\s*(?:,\s*[A-Za-z][A-Za-z0-9*_-]*\s*=|\Z))
      |(?P<token>[^\s,"]+))
    \s*(?:,\s*|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_ESCAPE = re.compile(r'(["\\])')


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client says in Authorization. `qop`, `nc` and `cnonce` are "" in the style of RFC 2069."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str = "MD5"
    qop: str = ""
    nc: str = ""
    cnonce: str = ""
    opaque: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate or Proxy-Authenticate value; `str()` writes it."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: tuple[str, ...] = ("auth",)
    opaque: str = ""
    stale: bool = False

    @classmethod
    def parse(cls, value: str) -> Self | None:
        """None if the value is not a Digest challenge."""
        directives = _directives(value)
        if directives is None or not directives.keys() >= {"realm", "nonce"}:
            return None
        return cls(
            realm=directives["realm"],
            nonce=directives["nonce"],
            algorithm=directives.get("algorithm", "MD5").upper(),
            qop=tuple(option.strip().lower() for option in directives.get("qop", "").split(",") if option),
            opaque=directives.get("opaque", ""),
            stale=directives.get("stale", "").lower() == "true",
        )

    def __str__(self) -> str:
        text = f"Digest realm={_quote(self.realm)}, nonce={_quote(self.nonce)}"
        if self.opaque:
            text += f", opaque={_quote(self.opaque)}"
        if self.stale:
            text += ", stale=true"
        text += f", algorithm={self.algorithm}"
        return f'{text}, qop="{",".join(self.qop)}"' if self.qop else text


def ha1(algorithm: str, username: str, realm: str, password: str) -> str:
    """H(username:realm:password) in lower-case hex; KeyError for an unknown algorithm."""
    return _hash(algorithm, f"{username}:{realm}:{password}")


def challenges(realm: str, nonce: str, stale: bool = False) -> list[str]:
    """One header value per algorithm, the most preferred first (RFC 8760 section 2.3)."""
    return [str(Challenge(realm, nonce, algorithm, stale=stale)) for algorithm in SERVER_ALGORITHMS]


def parse_credentials(value: str) -> Credentials | None:
    """None if the value is not a complete set of Digest credentials."""
    directives = _directives(value)
    if directives is None or not directives.keys() >= {"username", "realm", "nonce", "uri", "response"}:
        return None
    if "qop" in directives and not directives.keys() >= {"nc", "cnonce"}:
        return None
    return Credentials(
        username=directives["username"],
        realm=directives["realm"],
        nonce=directives["nonce"],
        uri=directives["uri"],
        response=directives["response"].lower(),
        algorithm=directives.get("algorithm", "MD5").upper(),
        qop=directives.get("qop", "").lower(),
        nc=directives.get("nc", ""),
        cnonce=directives.get("cnonce", ""),
        opaque=directives.get("opaque", ""),
    )


def verify(credentials: Credentials, method: str, ha1: Mapping[str, str]) -> bool:
    """Whether the response is right for the stored HA1 (by algorithm, of this username and realm).

    Whether nonce, nc and uri are acceptable is for the caller to say.
    """
    secret = ha1.get(credentials.algorithm)
    if not secret or credentials.algorithm not in SERVER_ALGORITHMS or credentials.qop not in ("", "auth"):
        return False
    expected = _response(secret, credentials, method)
    return credentials.response.isascii() and hmac.compare_digest(expected, credentials.response)


def answer(
    challenge_values: Sequence[str],
    *,
    method: str,
    uri: str,
    username: str,
    password: str,
    cnonce: str,
    nc: int = 1,
) -> str | None:
    """The Authorization value for the topmost supported challenge (RFC 8760 section 2.4), else None."""
    found = topmost(challenge_values)
    if not found:
        return None
    return authorization(
        found[0], method=method, uri=uri, username=username, password=password, cnonce=cnonce, nc=nc
    )


def topmost(challenge_values: Sequence[str]) -> list[Challenge]:
    """Of each realm the first challenge that can be answered (RFC 8760 section 2.4)."""
    found: dict[str, Challenge] = {}
    for challenge in map(Challenge.parse, challenge_values):
        if challenge and challenge.algorithm in _HASHES and (not challenge.qop or "auth" in challenge.qop):
            found.setdefault(challenge.realm, challenge)
    return list(found.values())


def authorization(
    challenge: Challenge, *, method: str, uri: str, username: str, password: str, cnonce: str, nc: int
) -> str:
    """The Authorization value that answers one challenge; `nc` counts the answers to its nonce."""
    secret = ha1(challenge.algorithm, username, challenge.realm, password)
    unsigned = Credentials(
        username=username,
        realm=challenge.realm,
        nonce=challenge.nonce,
        uri=uri,
        response="",
        algorithm=challenge.algorithm,
        qop="auth" if challenge.qop else "",
        nc=f"{nc:08x}",
        cnonce=cnonce,
    )
    text = (
        f"Digest username={_quote(username)}, realm={_quote(challenge.realm)}, "
        f"nonce={_quote(challenge.nonce)}, uri={_quote(uri)}, algorithm={challenge.algorithm}, "
        f'response="{_response(secret, unsigned, method)}"'
    )
    if unsigned.qop:
        text += f", qop=auth, nc={unsigned.nc}, cnonce={_quote(cnonce)}"
    return f"{text}, opaque={_quote(challenge.opaque)}" if challenge.opaque else text


def _response(secret: str, given: Credentials, method: str) -> str:
    ha2 = _hash(given.algorithm, f"{method}:{given.uri}")
    if not given.qop:
        return _hash(given.algorithm, f"{secret}:{given.nonce}:{ha2}")
    return _hash(given.algorithm, f"{secret}:{given.nonce}:{given.nc}:{given.cnonce}:{given.qop}:{ha2}")


def _hash(algorithm: str, text: str) -> str:
    octets = text.encode(errors="surrogateescape")  # so that a header's bytes are what they were
    return hashlib.new(_HASHES[algorithm], octets, usedforsecurity=False).hexdigest()


def _directives(value: str) -> dict[str, str] | None:
    scheme, _, rest = value.strip(" \t\r\n,").partition(" ")
    if scheme.lower() != "digest":
        return None
    directives: dict[str, str] = {}
    position = 0
    while position < len(rest):
        found = _DIRECTIVE.match(rest, position)
        if found is None or found["name"].lower() in directives:
            return None
        quoted = found["quoted"]
        text = found["token"] if quoted is None else _QUOTED_PAIR.sub(r"\1", quoted)
        directives[found["name"].lower()] = text
        position = found.end()
    return directives


def _quote(text: str) -> str:
    return '"' + _NEEDS_ESCAPE.sub(r"\\\1", text) + '"'

"""SIP and SIPS URIs (RFC 3261 section 19.1, canonical form of RFC 4826 section 5)."""

import ipaddress
import re
from dataclasses import dataclass, replace
from functools import lru_cache

_UNRESERVED = r"A-Za-z0-9\-_.!~*'()"
_ESCAPED = "%[0-9A-Fa-f]{2}"
_URI = re.compile(
    rf"""(?P<scheme>sips?):
    (?:(?P<user>(?:[{_UNRESERVED}&=+$,;?/]|{_ESCAPED})+)
       (?::(?P<password>(?:[{_UNRESERVED}&=+$,]|{_ESCAPED})*))?@)?
    (?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_.])?)
    (?::(?P<port>[0-9]{{1,5}}))?
    (?P<params>(?:;(?:[{_UNRESERVED}\[\]/:&+$=]|{_ESCAPED})+)*)
    (?:\?(?P<headers>(?:[{_UNRESERVED}\[\]/?:+$=&,;]|{_ESCAPED})+))?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
# What nearly all entries of lists are: nothing that would have to be taken out or looked at twice.
_USER = r"sips?:[A-Za-z0-9\-_.!~*'()+]+@"
_PLAIN = re.compile(rf"{_USER}[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_.])?").fullmatch
_CANONICAL = re.compile(rf"{_USER}[a-z0-9_](?:[a-z0-9_.\-]*[a-z0-9_.])?").fullmatch
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED_CHARACTER = re.compile(f"[{_UNRESERVED}]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
# In only one of two URIs these make a difference (RFC 3261 section 19.1.4).
_TELLING_PARAMS = frozenset({"transport", "user", "ttl", "method", "maddr"})

Params = tuple[tuple[str, str | None], ...]


LONGEST = 1024
"""Characters of a URI that can be subscribed to: it is a key of an index."""


class InvalidUri(ValueError):
    """The text is no SIP or SIPS URI."""


@dataclass(frozen=True, slots=True)
class SipUri:
    """A SIP or SIPS URI in its parts, escapes as written; `str()` gives it back, less zeros before a port."""

    scheme: str
    user: str | None
    password: str | None
    host: str
    port: int | None
    params: Params = ()
    headers: str = ""

    @staticmethod
    def parse(text: str) -> "SipUri":
        """Raises InvalidUri for everything that is not a complete sip: or sips: URI."""
        return _parsed(text) if len(text) <= _REMEMBERED else _parse(text)

    def __str__(self) -> str:
        password = "" if self.password is None else f":{self.password}"
        userinfo = "" if self.user is None else f"{self.user}{password}@"
        port = "" if self.port is None else f":{self.port}"
        params = "".join(f";{name}" if value is None else f";{name}={value}" for name, value in self.params)
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{userinfo}{self.host}{port}{params}{headers}"

    def param(self, name: str) -> str | None:
        """Value of a URI parameter; "" for one without a value, None if absent."""
        for own_name, value in self.params:
            if own_name.lower() == name:
                return value or ""
        return None

    @property
    def transport(self) -> str | None:
        value = self.param("transport")
        return value and value.lower()

    def aor(self) -> str:
        """Address of record: no port, no parameters, the host in lower case."""
        user = "" if self.user is None else f"{_plain(self.user)}@"
        return f"{self.scheme.lower()}:{user}{self.host.lower()}"

    def canonical(self) -> str:
        """The form in which service URIs are stored and compared as strings (RFC 4826 section 5)."""
        normal = SipUri(
            scheme=self.scheme.lower(),
            user=self.user and _plain(self.user),
            password=self.password and _plain(self.password),
            host=_canonical_host(self.host),
            port=self.port,
            params=tuple(sorted(_canonical_params(self.params).items())),
        )
        return str(normal)

    def equivalent(self, other: "SipUri") -> bool:
        """RFC 3261 section 19.1.4. Mind that this relation is not transitive."""
        return (
            _address(self) == _address(other)
            and _same_params(_canonical_params(self.params), _canonical_params(other.params))
            and _canonical_headers(self.headers) == _canonical_headers(other.headers)
        )


def _parse(text: str) -> SipUri:
    found = _URI.fullmatch(text)
    if found is None:
        raise InvalidUri(f"not a SIP URI: {text[:80]!r}")
    port = int(found["port"]) if found["port"] else None
    _check_address(found["host"], port)
    return SipUri(
        scheme=found["scheme"],
        user=found["user"],
        password=found["password"],
        host=found["host"],
        port=port,
        params=_parse_params(found["params"]),
        headers=found["headers"] or "",
    )


_REMEMBERED = 256
"""Characters of a URI that is remembered: nobody fills the memory with long ones."""
# One SUBSCRIBE has the URIs of its list and its watcher looked at eight times.
_parsed = lru_cache(1024)(_parse)


def canonical_form(text: str) -> str:
    """SipUri.canonical() of a URI, which nearly every one is already. Raises InvalidUri."""
    return text if _CANONICAL(text) else SipUri.parse(text).canonical()


def comparable_form(text: str) -> str:
    """The canonical form; what is no SIP URI as it is."""
    try:
        return canonical_form(text)
    except InvalidUri:
        return text


def request_uri_of(entry_uri: str) -> str | None:
    """The URI to subscribe to for a list entry, None if its scheme cannot be subscribed to.

    Users write these URIs: headers and a method must not get into our requests
    (RFC 3261 section 19.1.5). A pres URI names the same user as the sip URI
    (RFC 3856 section 4), and servers route only the latter.
    """
    if len(entry_uri) > LONGEST:
        return None
    if _PLAIN(entry_uri):
        return entry_uri
    absolute = with_scheme(entry_uri)
    scheme, _, rest = absolute.partition(":")
    if scheme.lower() == "pres":
        absolute = f"sip:{rest}"
    try:
        uri = SipUri.parse(absolute)
    except InvalidUri:
        return None
    if not uri.params and not uri.headers:
        return absolute
    params = tuple(pair for pair in uri.params if pair[0].lower() != "method")
    return str(replace(uri, params=params, headers=""))


def with_scheme(entry_uri: str) -> str:
    """The URI with "sip:" before it if it has no scheme, as in `bob@example.org`."""
    return entry_uri if _SCHEME.match(entry_uri) else f"sip:{entry_uri}"


def _check_address(host: str, port: int | None) -> None:
    if port is not None and port > 65535:
        raise InvalidUri(f"no such port: {port}")
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError as error:
            raise InvalidUri(str(error)) from error


def _parse_params(text: str) -> Params:
    pairs = []
    for param in text.split(";")[1:]:
        name, equals, value = param.partition("=")
        if not name:
            raise InvalidUri(f"URI parameter without a name: {param[:80]!r}")
        pairs.append((name, value if equals else None))
    return tuple(pairs)


def _plain(text: str) -> str:
    """Undo the escapes of characters that need none; all others are told apart from their escape."""

    def undo(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED_CHARACTER.fullmatch(character) else escape[0].upper()

    return _ESCAPE.sub(undo, text) if "%" in text else text


def _canonical_host(host: str) -> str:
    return f"[{ipaddress.IPv6Address(host[1:-1])}]" if host.startswith("[") else host.lower()


def _canonical_params(params: Params) -> dict[str, str | None]:
    return {_plain(name).lower(): value and _plain(value).lower() for name, value in params}


def _canonical_headers(headers: str) -> list[tuple[str, str]]:
    pairs = (header.partition("=") for header in headers.split("&"))
    return sorted((_plain(name).lower(), _plain(value)) for name, _, value in pairs)


def _address(uri: SipUri) -> tuple[str, str, str, str, int | None]:
    return (
        uri.scheme.lower(),
        _plain(uri.user or ""),
        _plain(uri.password or ""),
        _canonical_host(uri.host),
        uri.port,
    )


def _same_params(mine: dict[str, str | None], theirs: dict[str, str | None]) -> bool:
    in_one_only = mine.keys() ^ theirs.keys()
    in_both = mine.keys() & theirs.keys()
    return not in_one_only & _TELLING_PARAMS and all(mine[name] == theirs[name] for name in in_both)

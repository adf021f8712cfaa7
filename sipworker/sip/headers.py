"""Headers with a structure (RFC 3261 section 20, RFC 6665 section 8.2): addresses, Via, CSeq, Event, ..."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sipworker.sip.grammar import (
    ABSOLUTE_URI,
    PARAM_VALUE,
    QUOTED_STRING,
    TOKEN_CHARS,
    Params,
    delta_seconds,
    format_params,
    is_token,
    malformed,
    parse_params,
    quote,
    unquote,
    value_and_params,
)

MAGIC_COOKIE = "z9hG4bK"

_QUOTED_DISPLAY = re.compile(rf"({QUOTED_STRING})[ \t]*<", re.DOTALL).match
_BARE_DISPLAY = re.compile(r'[^",;<>]*').fullmatch
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"]+").fullmatch
# What nearly all From and To look like; everything else takes the long way.
_USUAL_ADDRESS = re.compile(rf"<({ABSOLUTE_URI})>(?:;tag=({TOKEN_CHARS}+))?").fullmatch
_CSEQ = re.compile(rf"([0-9]{{1,10}})[ \t]+({TOKEN_CHARS}+)").fullmatch
_SENT_BY = re.compile(r"SIP/2\.0/([A-Z]+) ([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?").fullmatch
_USUAL_VIA_PARAMS = re.compile(
    rf"({PARAM_VALUE})(?:;rport(?:=([0-9]{{1,5}}))?)?(?:;received=([0-9.]+))?"
).fullmatch
_VIA = re.compile(
    rf"({TOKEN_CHARS}+)[ \t]*/[ \t]*({TOKEN_CHARS}+)[ \t]*/[ \t]*({TOKEN_CHARS}+)[ \t]+"
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?:[ \t]*:[ \t]*([0-9]{1,5}))?"
).match


@dataclass(slots=True)
class NameAddr:
    """`"Bob" <sip:bob@example.com>;tag=1`: From, To, Contact, Route, Record-Route, P-Asserted-Identity.

    `params` are those of the header, values as written (quoted ones with their quotes). Without <> all
    parameters are the header's (RFC 3261 section 20).
    """

    display: str
    uri: str
    params: Params = field(default_factory=dict)

    @classmethod
    def parse(cls, value: str, what: str = "address") -> NameAddr:
        """Raises MalformedMessage."""
        if match := _USUAL_ADDRESS(value):
            uri, tag = match.groups()
            return cls("", uri, {"tag": tag} if tag else {})
        opening = value.find("<")
        if opening < 0:
            uri, semicolon, rest = value.partition(";")
            display, uri = "", uri.rstrip(" \t")
            if "," in uri or "?" in uri:
                raise malformed(what)
        else:
            display, opening = _display(value, opening, what)
            closing = value.find(">", opening)
            uri, semicolon, rest = value[opening + 1 : closing], "", value[closing + 1 :]
        if not _URI(uri):
            raise malformed(what)
        return cls(display, uri, parse_params(semicolon + rest, what))

    @property
    def tag(self) -> str | None:
        return self.params.get("tag")

    def __str__(self) -> str:
        display = f"{quote(self.display)} " if self.display else ""
        return f"{display}<{self.uri}>{format_params(self.params)}"


def tag_of(value: str, what: str) -> str | None:
    """The tag of a From or To; checks the whole as NameAddr.parse() does. Raises MalformedMessage."""
    match = _USUAL_ADDRESS(value)
    return match[2] if match else NameAddr.parse(value, what).tag


def _display(value: str, opening: int, what: str) -> tuple[str, int]:
    """The display name and where the "<" of the URI is."""
    if value[0] == '"':
        match = _QUOTED_DISPLAY(value)
        if match is None:
            raise malformed(what)
        return unquote(match[1]), match.end() - 1
    if not _BARE_DISPLAY(value, 0, opening):
        raise malformed(what)
    return value[:opening].rstrip(" \t"), opening


@dataclass(slots=True)
class Via:
    """One Via (RFC 3261 section 20.42). `transport` in upper case; `host` as written, IPv6 in brackets."""

    transport: str
    host: str
    port: int | None
    params: Params
    protocol: str = "SIP/2.0"

    @classmethod
    def parse(cls, value: str) -> Via:
        """Raises MalformedMessage."""
        before, _, after = value.partition(";branch=")
        if (sent_by := _sent_by(before)) and (match := _USUAL_VIA_PARAMS(after)):
            branch, rport, received = match.groups()
            params: Params = {"branch": branch}
            if ";" in after:
                if ";rport" in after:
                    params["rport"] = rport
                if received:
                    params["received"] = received
            return cls(*sent_by, params)
        match = _VIA(value)
        if match is None:
            raise malformed("Via")
        name, version, transport, host, port = match.groups()
        params = parse_params(value[match.end() :], "Via")
        return cls(transport.upper(), host, _port(port), params, f"{name}/{version}".upper())

    @property
    def branch(self) -> str | None:
        return self.params.get("branch")

    @property
    def has_unique_branch(self) -> bool:
        """False: a client of RFC 2543, or the bare cookie; match by section 17.2.3's older rules."""
        branch = self.branch or ""
        return len(branch) > len(MAGIC_COOKIE) and branch.lower().startswith(MAGIC_COOKIE.lower())

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"{self.protocol}/{self.transport} {self.host}{port}{format_params(self.params)}"


@lru_cache(4096)
def _sent_by(text: str) -> tuple[str, str, int | None] | None:
    """Transport, host and port of a Via as nearly all are written; the same neighbours again and again."""
    match = _SENT_BY(text)
    return match and (match[1], match[2], _port(match[3]))


def _port(digits: str | None) -> int | None:
    if digits is None:
        return None
    port = int(digits)
    if port > 65535:
        raise malformed("Via")
    return port


class CSeq(NamedTuple):
    """Sequence number, below 2^31 (RFC 3261 section 8.1.1.5), and method."""

    number: int
    method: str

    @classmethod
    def parse(cls, value: str) -> CSeq:
        """Raises MalformedMessage."""
        return _cseq(value)

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


# Dialogs count from 1: the same few thousand values again and again.
@lru_cache(8192)
def _cseq(value: str) -> CSeq:
    match = _CSEQ(value)
    if match is None or (number := int(match[1])) >= 2**31:
        raise malformed("CSeq")
    return CSeq(number, match[2])


def parse_event(value: str) -> tuple[str, str | None, Params]:
    """`presence;id=7` -> ("presence", "7", {"id": "7"}), the package as written.

    Raises MalformedMessage, also for more than one package.
    """
    package, params = value_and_params(value, "Event")
    if not is_token(package):
        raise malformed("Event")
    return package, params.get("id"), params


def event_params(value: str) -> Params:
    """The parameters of an Event header but for its id. Raises MalformedMessage."""
    if ";" not in value:
        return {}
    return {name: text for name, text in parse_event(value)[2].items() if name != "id"}


class SubscriptionState(NamedTuple):
    """`state` and `reason` in lower case; times in seconds, None if absent or unreadable."""

    state: str
    reason: str | None = None
    expires: int | None = None
    retry_after: int | None = None

    @classmethod
    def parse(cls, value: str) -> SubscriptionState:
        """Raises MalformedMessage."""
        state, params = value_and_params(value, "Subscription-State")
        if not is_token(state):
            raise malformed("Subscription-State")
        reason = params.get("reason")
        return cls(
            state.lower(),
            reason.lower() if reason else None,
            delta_seconds(params.get("expires")),
            delta_seconds(params.get("retry-after")),
        )

    def __str__(self) -> str:
        params = {"reason": self.reason, "expires": self.expires, "retry-after": self.retry_after}
        return self.state + format_params({name: str(v) for name, v in params.items() if v is not None})


def accepts(accept_values: Iterable[str], media_type: str) -> bool:
    """Whether the elements of Accept allow a media type: the most specific range decides, q=0 is a no.

    Raises MalformedMessage. What an absent Accept means is the caller's to know: it differs by package.
    """
    wanted = media_type.lower()
    ranges = {wanted: 2, wanted.partition("/")[0] + "/*": 1, "*/*": 0}
    best, allowed = -1, False
    for value in accept_values:
        media_range, params = value_and_params(value, "Accept")
        precision = ranges.get(media_range.lower(), -1)
        if precision > best:
            best, allowed = precision, is_wanted(params)
    return allowed


def is_wanted(params: Mapping[str, str | None]) -> bool:
    """Of an element of Accept: by q=0 it says what is not to be sent."""
    return (params.get("q") or "1").strip("0.") != ""


def accepts_coding(accept_encoding_rows: Iterable[str], coding: str) -> bool:
    """Whether Accept-Encoding names a coding, q=0 being a no; absent means identity only (section 20.2).

    What cannot be read allows nothing: then nothing is encoded.
    """
    for value in ",".join(accept_encoding_rows).lower().replace(" ", "").split(","):
        name, *params = value.split(";")
        if name == coding:
            return not any(param.startswith("q=") and not param[2:].strip("0.") for param in params)
    return False

"""What all SIP headers share (RFC 3261 section 25.1): tokens, quoted strings, parameters, comma lists.

Text is the UTF-8 of the wire with stray bytes kept as surrogate escapes, so that every byte comes back as it
was. Patterns are linear: hostile input costs its length, never more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sipworker.sip.structure import Request

TOKEN_CHARS = r"[A-Za-z0-9.!%*_+`'~-]"
QUOTED_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
PARAM_VALUE = r"[^\x00-\x20\x7f\";,<>=]+"
# Visible ASCII but "<>; the rest of a URI is the business of who routes by it.
URI_CHARS = r"[!#-;=?-~]"
ABSOLUTE_URI = rf"[A-Za-z][A-Za-z0-9+.-]*:{URI_CHARS}+"
MAX_DELTA_SECONDS = 2**32 - 1

is_token = re.compile(TOKEN_CHARS + "+").fullmatch
_PARAMETER = re.compile(
    rf"[ \t]*;[ \t]*({TOKEN_CHARS}+)(?:[ \t]*=[ \t]*({QUOTED_STRING}|{PARAM_VALUE}))?", re.DOTALL
)
_PLAIN_PARAMS = re.compile(rf"(?:;{TOKEN_CHARS}+(?:={PARAM_VALUE})?)+").fullmatch
_ELEMENT_PIECE = re.compile(rf"[^\",<]+|{QUOTED_STRING}|<[^>]*>", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_ESCAPE = re.compile(r'(["\\])')

Params = dict[str, str | None]


class MalformedMessage(ValueError):
    """A message or header that breaks the grammar.

    `status` and `reason` are what to answer; `request` is as much of the request as an answer copies, None
    when there is nothing to answer (a response, or no usable Via).
    """

    def __init__(self, status: int, reason: str, request: Request | None = None) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.request = request


def malformed(what: str) -> MalformedMessage:
    return MalformedMessage(400, f"Malformed {what}")


def quote(text: str) -> str:
    return '"' + _NEEDS_ESCAPE.sub(r"\\\1", text) + '"'


def unquote(value: str) -> str:
    """The text of a quoted string; any other value as it is."""
    return _ESCAPED.sub(r"\1", value[1:-1]) if value[:1] == '"' else value


def split_commas(value: str) -> list[str]:
    """The elements of a comma list (RFC 3261 section 7.3.1); commas in quotes and <> do not count.

    Empty elements are skipped. Raises MalformedMessage for an unclosed quote or bracket.
    """
    elements = _split_carefully(value) if '"' in value or "<" in value else value.split(",")
    return [stripped for element in elements if (stripped := element.strip(" \t"))]


def _split_carefully(value: str) -> list[str]:
    elements = []
    start = position = 0
    while position < len(value):
        if value[position] == ",":
            elements.append(value[start:position])
            start = position = position + 1
        elif piece := _ELEMENT_PIECE.match(value, position):
            position = piece.end()
        else:
            raise malformed("list")
    elements.append(value[start:])
    return elements


def parse_params(text: str, what: str = "parameters") -> Params:
    """`;name=value;flag` -> {"name": "value", "flag": None}: names in lower case, values as written.

    Raises MalformedMessage for anything else, also for a name that comes twice (RFC 3261 section 7.3.1).
    """
    if not text:
        return {}
    if _PLAIN_PARAMS(text):
        return _split_plain(text, what)
    params: Params = {}
    position, end = 0, len(text.rstrip(" \t"))
    while position < end:
        match = _PARAMETER.match(text, position)
        if match is None:
            raise malformed(what)
        _add_param(params, match[1], match[2], what)
        position = match.end()
    return params


def _split_plain(text: str, what: str) -> Params:
    params: Params = {}
    for param in text.split(";")[1:]:
        name, _, value = param.partition("=")
        _add_param(params, name, value or None, what)
    return params


def _add_param(params: Params, name: str, value: str | None, what: str) -> None:
    name = name.lower()
    if name in params:
        raise malformed(what)
    params[name] = value


def format_params(params: Mapping[str, str | None]) -> str:
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params.items())


def value_and_params(value: str, what: str) -> tuple[str, Params]:
    """`presence;id=7` -> ("presence", {"id": "7"}); the value is not looked into."""
    main, semicolon, rest = value.partition(";")
    return main.strip(" \t"), parse_params(semicolon + rest, what)


# Of every answer to a SUBSCRIBE: the same few values again and again.
@lru_cache(1024)
def leading_seconds(value: str | None) -> int | None:
    """delta_seconds() of a value that may go on with a comment or parameters, as Retry-After (20.33)."""
    return delta_seconds((value or "").split(";")[0].split("(")[0])


def delta_seconds(value: str | None) -> int | None:
    """Seconds of Expires, Min-Expires, Retry-After, capped at 2^32-1 (RFC 3261 20.19); None if unreadable."""
    digits = value.strip(" \t") if value else ""
    if not (digits.isascii() and digits.isdigit()):
        return None
    significant = digits.lstrip("0")
    return min(int(significant or "0"), MAX_DELTA_SECONDS) if len(significant) <= 10 else MAX_DELTA_SECONDS
